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
from formcheck.pose.legs import unfolded
from formcheck.pose.smooth import OneEuro
from formcheck.types import FloatArray, Frame, ImageArray, Pose, Silhouette

#: The picture is looked at with its longer side at most this long. The networks see 224 and 256 pixels; a lying person
#: fills most of the width, so more adds work and no sight.
LOOK_PX = 640
#: Surely the person, and as likely the person as not, in the mask's own confidence.
SURE, EVEN = 0.9, 0.5
#: The least confidence with which somebody is taken for a person: MediaPipe's own, and where upright people have been
#: painted over. Of 24 made-up scenes in which the upright one was taken, the lying one was then followed in 20.
ORDINARY, SEARCHING = 0.5, 0.1
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
        self._finders: dict[float, Any] = {ORDINARY: self._open(ORDINARY)}
        self._crowd = follow.Crowd()
        self._locked = False
        self._hidden: list[FloatArray] = []
        self._smooth = OneEuro()
        self._head = HeadFollower()
        self._last: FloatArray | None = None
        self._now_ms = 0
        self._last_ms: dict[float, int] = {}

    def _open(self, confidence: float) -> Any:
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(self._model)),
            running_mode=vision.RunningMode.VIDEO,
            min_pose_detection_confidence=confidence,
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
        self._now_ms = round(frame.t_s * 1000)
        landmarks, mask = self._search(image) if self._crowd.several else self._detect(image, ORDINARY)
        lying = landmarks is not None and follow.lies(landmarks[:, :2])
        self._crowd.note(frame.t_s, int(landmarks is not None), lying)
        return Sight(frame, image, landmarks, mask, len(self._hidden) if lying else 0)

    def settle(self, sight: Sight) -> Pose:
        """Turn what was found into a pose: steady landmarks, outline, the head's turn."""
        frame, image, landmarks = sight.frame, sight.image, sight.landmarks
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        brightness = float(grey[::4, ::4].mean()) / 255
        if landmarks is None:
            self._lose()
            return Pose.nobody(frame.t_s, frame.size_px, brightness)
        landmarks = unfolded(landmarks)
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

    def _detect(self, image: ImageArray, confidence: float) -> tuple[FloatArray | None, Any]:
        """Return the person found, (33, 4) x px, y px, z px, visibility, and the mask; None, None for nobody."""
        if confidence not in self._finders:
            self._finders[confidence] = self._open(confidence)
        # whole milliseconds that always rise, which VIDEO mode insists on; a search may look twice at one frame
        at_ms = max(self._now_ms, self._last_ms.get(confidence, -1) + 1)
        self._last_ms[confidence] = at_ms
        found = self._finders[confidence].detect_for_video(mp.Image(mp.ImageFormat.SRGB, image), at_ms)
        if not found.pose_landmarks:
            return None, None
        height, width = image.shape[:2]
        landmarks = np.array([[p.x, p.y, p.z, p.visibility] for p in found.pose_landmarks[0]])
        masks = found.segmentation_masks
        return landmarks * [width, height, width, 1.0], masks[0] if masks else None

    def _search(self, image: ImageArray) -> tuple[FloatArray | None, Any]:
        """Find the lying person where somebody upright is, or was, in the picture.

        The searching finder is shown a picture without the upright people until it has the lying one; from then on it
        follows that one through the whole pictures. As long as nobody lies, the upright one is returned.
        """
        if self._locked:
            landmarks, mask = self._detect(image, SEARCHING)
            if landmarks is not None and follow.lies(landmarks[:, :2]):
                return landmarks, mask
        first, first_mask = self._detect(image, ORDINARY)
        if first is None or follow.lies(first[:, :2]):
            self._locked, self._hidden = False, []
            return first, first_mask
        # those painted over before stay so until the search ends, or a second one would take turns with the first
        self._hidden = [first[:, :2], *self._hidden[-1:]]
        landmarks, mask = self._detect(follow.without(image, self._hidden), SEARCHING)
        self._locked = landmarks is not None and follow.lies(landmarks[:, :2])
        if self._locked:
            return landmarks, mask
        self._hidden = [landmarks[:, :2]] if landmarks is not None else []
        return first, first_mask

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
    # whoever lies fills few of the rows; and the first of a row is found much sooner than the first of a column
    rows = np.flatnonzero((mask > EVEN).any(axis=1))
    first, last = (rows[0], rows[-1]) if len(rows) else (0, 0)
    part = mask[first : last + 1]
    sure, even = (np.ascontiguousarray((part > limit).T) for limit in (SURE, EVEN))
    there = sure.any(axis=1)
    top = np.where(there, first + sure.argmax(axis=1), np.nan)
    bottom = np.where(there, last - sure[:, ::-1].argmax(axis=1), np.nan)
    return Silhouette(top, bottom, top - np.where(there, first + even.argmax(axis=1), np.nan))


def _enlarged(silhouette: Silhouette, size_px: tuple[int, int], back: FloatArray) -> Silhouette:
    """Return the outline of the small picture in the pixels of the whole one, a value for each of its columns."""
    columns = np.minimum((np.arange(size_px[0]) / back[0]).astype(int), len(silhouette.top_px) - 1)
    return Silhouette(
        silhouette.top_px[columns] * back[1],
        silhouette.bottom_px[columns] * back[1],
        silhouette.doubt_px[columns] * back[1],
    )
