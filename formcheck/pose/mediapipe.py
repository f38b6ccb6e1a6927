"""MediaPipe Pose: a frame in, the followed person's `Pose` out. The only importer of mediapipe.

May not know: exercises, limits, where frames come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from formcheck.errors import SetupError
from formcheck.landmarks import ANKLES, SHOULDERS
from formcheck.pose import follow, model
from formcheck.pose.head import HeadFollower
from formcheck.pose.smooth import OneEuro
from formcheck.types import FloatArray, Frame, ImageArray, Pose, Silhouette

#: The picture is looked at with its longer side at most this long. The networks see 224 and 256 pixels; a lying person
#: fills most of the width, so more adds work and no sight.
LOOK_PX = 640
#: Surely the person, and as likely the person as not, in the mask's own confidence.
SURE, EVEN = 0.9, 0.5
#: How many people are looked for where there may be several.
MOST_PEOPLE = 3
#: A person who jumps further than this share of their length between two frames is somebody else.
SAME_PERSON = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What MediaPipe saw in one frame, in pixels of `image`, the picture it was shown.

    `landmarks`: (33, 4) x px, y px, z px, visibility; None for nobody. `mask`: MediaPipe's own, None when it gave none.
    """

    frame: Frame
    image: ImageArray
    landmarks: FloatArray | None
    mask: Any
    others: int


class PoseFinder:
    """Finds and follows the lying person. A context manager; one finder serves one source from start to end."""

    def __init__(self, model_path: Path | None = None) -> None:
        """Load the model (None: the shipped one); SetupError when it is missing, damaged or refused by MediaPipe."""
        self._model = model.checked(model_path)
        self._finders: dict[int, Any] = {1: self._open(1)}
        self._crowd = follow.Crowd()
        self._smooth = OneEuro()
        self._head = HeadFollower()
        self._before: FloatArray | None = None
        self._last: FloatArray | None = None
        self._last_ms = -1

    def _open(self, people: int) -> Any:
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._model)),
            running_mode=vision.RunningMode.VIDEO,
            num_poses=people,
            output_segmentation_masks=True,
        )
        try:
            return vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise SetupError(
                f"MediaPipe refuses the model file {self._model}: {str(error).splitlines()[0]}.",
                "Give a MediaPipe pose landmarker bundle (.task), or leave --model out.",
            ) from error

    def __enter__(self) -> PoseFinder:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Free MediaPipe's resources."""
        for finder in self._finders.values():
            finder.close()
        self._finders = {}

    def find(self, frame: Frame) -> Pose:
        """Return the followed person in `frame`, in the frame's pixels; frames' times must rise."""
        return self.settle(self.look(frame))

    def look(self, frame: Frame) -> Sight:
        """Find the person in `frame`: the first and slow half of `find`, nearly all of it MediaPipe's.

        The two halves may run in two threads, each taking the frames in order.
        """
        scale = min(1.0, LOOK_PX / max(frame.size_px))
        image = frame.image
        if scale < 1:
            size = tuple(max(1, round(side * scale)) for side in frame.size_px)
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        people, masks = self._detect(image, frame.t_s)
        if not people:
            self._crowd.note(frame.t_s, 0, False)
            self._before = None
            return Sight(frame, image, None, None, 0)
        mine = follow.choose([p[:, :2] for p in people], self._before)
        landmarks = people[mine]
        self._before = landmarks[:, :2]
        self._crowd.note(frame.t_s, len(people), follow.steepness_deg(self._before) <= follow.LYING_DEG)
        return Sight(frame, image, landmarks, masks[mine] if masks else None, len(people) - 1)

    def settle(self, sight: Sight) -> Pose:
        """Turn what was found into a pose: steady landmarks, outline, the head's turn."""
        frame, image, landmarks = sight.frame, sight.image, sight.landmarks
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        brightness = float(grey[::4, ::4].mean()) / 255
        if landmarks is None:
            self._lose()
            return Pose.nobody(frame.t_s, frame.size_px, brightness)
        xy = self._steady(landmarks[:, :2], frame.t_s)
        silhouette = None if sight.mask is None else _silhouette(np.squeeze(sight.mask.numpy_view()))
        head = None
        if silhouette is not None:
            head = self._head.follow(grey, frame.t_s, landmarks[:, :2], _length(landmarks[:, :2]), silhouette)
        size_px = frame.size_px
        back = np.array([size_px[0] / image.shape[1], size_px[1] / image.shape[0]])
        if silhouette is not None and image is not frame.image:
            silhouette = _enlarged(silhouette, size_px, back)
        return Pose(
            t_s=frame.t_s,
            size_px=size_px,
            xy_px=xy * back,
            z=landmarks[:, 2] * back[0],
            visibility=landmarks[:, 3],
            brightness=brightness,
            silhouette=silhouette,
            head=head,
            others=sight.others,
        )

    def _detect(self, image: ImageArray, t_s: float) -> tuple[list[FloatArray], list[Any]]:
        """Return everybody found as (33, 4) x px, y px, z px, visibility, and their masks."""
        people = MOST_PEOPLE if self._crowd.several else 1
        if people not in self._finders:
            self._finders[people] = self._open(people)
        # whole milliseconds that always rise, which VIDEO mode insists on
        self._last_ms = max(round(t_s * 1000), self._last_ms + 1)
        found = self._finders[people].detect_for_video(mp.Image(mp.ImageFormat.SRGB, image), self._last_ms)
        height, width = image.shape[:2]
        unit = np.array([width, height, width, 1.0])
        return [
            np.array([[p.x, p.y, p.z, p.visibility] for p in person]) * unit for person in found.pose_landmarks
        ], list(found.segmentation_masks or [])

    def _steady(self, xy_px: FloatArray, t_s: float) -> FloatArray:
        """Return the landmarks smoothed, unless they have jumped to somebody else."""
        length = _length(xy_px)
        if self._last is not None and np.hypot(*np.median(xy_px - self._last, axis=0)) > SAME_PERSON * length:
            self._lose()
        self._last = xy_px
        return self._smooth(xy_px, t_s, max(length, 1.0))

    def _lose(self) -> None:
        self._last = None
        self._smooth.reset()
        self._head.forget()


def _length(xy_px: FloatArray) -> float:
    """Return the distance from the ankles' middle to the shoulders' middle, pixels."""
    return float(np.hypot(*(xy_px[list(SHOULDERS)].mean(axis=0) - xy_px[list(ANKLES)].mean(axis=0))))


def _silhouette(mask: FloatArray) -> Silhouette:
    """Return the outline of a mask (h, w) of confidences 0..1."""
    sure, even = mask > SURE, mask > EVEN
    there = sure.any(axis=0)
    top = np.where(there, sure.argmax(axis=0), np.nan)
    bottom = np.where(there, len(mask) - 1 - sure[::-1].argmax(axis=0), np.nan)
    return Silhouette(top, bottom, top - np.where(there, even.argmax(axis=0), np.nan))


def _enlarged(silhouette: Silhouette, size_px: tuple[int, int], back: FloatArray) -> Silhouette:
    """Return the outline of the small picture in the pixels of the whole one, a value for each of its columns."""
    columns = np.minimum((np.arange(size_px[0]) / back[0]).astype(int), len(silhouette.top_px) - 1)
    return Silhouette(
        silhouette.top_px[columns] * back[1],
        silhouette.bottom_px[columns] * back[1],
        silhouette.doubt_px[columns] * back[1],
    )
