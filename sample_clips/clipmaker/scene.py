"""A Blender scene with a person in it, rendered with Cycles on the processor.

Only the box round the person is rendered for each pose; the rest of the picture is rendered once.
May not know: scripts, truth, video files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.errors import StreamError
from formcheck.types import FloatArray, ImageArray
from sample_clips.clipmaker import camera, room
from sample_clips.clipmaker.figure import Figure, stand
from sample_clips.clipmaker.prone import Posed, Prone
from sample_clips.clipmaker.spec import Spec

#: rays a pixel; the denoiser makes up for how few they are
SAMPLES, BACKGROUND_SAMPLES = 5, 16
#: room left round the person for shadows, as a share of the picture's width, a little more of it below
MARGIN, BELOW = 0.035, 1.2
#: over so many pixels the person's box fades into the background
FADE_PX = 8
#: the towel lies under the forehead, this much further towards the head than the nose, metres
FOREHEAD_M = 0.04


class Scene:
    """One spec's scene. `lens`: its camera's; `background`: the picture without the person, BGR."""

    def __init__(self, spec: Spec, prone: Prone | None, folder: Path, threads: int) -> None:
        import bpy

        self._bpy, self._folder = bpy, folder
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self._settings(spec.size, threads)
        room.build(bpy, spec.room)
        nose_x = 0.0
        if prone is not None:
            nose_x = float(prone.posed({}).vertices_m[prone.body.marks["nose"], 0])
        room.lay_out(bpy, spec, nose_x + FOREHEAD_M)
        room.light(bpy, self._scene, spec.light)
        self.lens = camera.set_up(bpy, self._scene, spec.camera, spec.size, spec.head_side)
        for number, who in enumerate(spec.bystanders):
            stand(bpy, self._scene, who, f"standing{number}", folder)
        self._person = None
        if prone is not None and spec.look is not None:
            self._person = Figure(bpy, self._scene, prone.body, spec.look, "actor", folder)
        self.background = self._without_the_person()

    def _settings(self, size_px: tuple[int, int], threads: int) -> None:
        render, cycles = self._scene.render, self._scene.cycles
        render.engine = "CYCLES"
        cycles.samples, cycles.use_denoising, cycles.device = SAMPLES, True, "CPU"
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 2, 1
        cycles.denoising_quality, cycles.denoising_prefilter = "FAST", "FAST"
        cycles.use_adaptive_sampling = cycles.use_light_tree = False
        render.use_persistent_data = True
        render.threads_mode, render.threads = "FIXED", threads
        render.resolution_x, render.resolution_y = size_px
        render.image_settings.file_format = "PNG"
        render.image_settings.compression = 0
        self._scene.view_settings.view_transform = "Standard"

    def _rendered(self, name: str) -> ImageArray:
        path = self._folder / f"{name}.png"
        self._scene.render.filepath = str(path)
        self._bpy.ops.render.render(write_still=True)
        image = cv2.imread(str(path))
        if image is None:
            raise StreamError("Blender gave no picture.", "See whether there is room left on the disk, and try again.")
        return image.astype(np.uint8, copy=False)

    def _without_the_person(self) -> ImageArray:
        hidden: list[Any] = [] if self._person is None else self._person.objects
        for thing in hidden:
            thing.hide_render = True
        self._scene.cycles.samples = BACKGROUND_SAMPLES
        image = self._rendered("background")
        self._scene.cycles.samples = SAMPLES
        for thing in hidden:
            thing.hide_render = False
        return image

    def shot(self, pose: Posed) -> ImageArray:
        """Return the picture of one pose (height, width, 3) BGR. ValueError: the scene has nobody."""
        if self._person is None:
            raise ValueError("there is nobody to take a pose")
        self._person.take(pose.vertices_m, pose.bent, self.lens.in_room)
        # every fifth vertex is near enough to any other
        x0, y0, x1, y1 = self._box(self.lens.project(pose.vertices_m[::5]))
        width, height = self.lens.size_px
        render = self._scene.render
        render.use_border = render.use_crop_to_border = True
        # Blender counts from below, and rounds; a hundredth of a pixel keeps it on the right side
        render.border_min_x, render.border_max_x = (x0 + 0.01) / width, (x1 + 0.01) / width
        render.border_min_y, render.border_max_y = 1 - (y1 - 0.01) / height, 1 - (y0 - 0.01) / height
        crop = self._rendered("crop")
        render.use_border = render.use_crop_to_border = False
        return _pasted(self.background, crop, x0, y0)

    def _box(self, pixels: FloatArray) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) of the box round the person that is within the picture."""
        width, height = self.lens.size_px
        margin = MARGIN * width
        left, top = np.floor(pixels.min(0) - margin).astype(int)
        right, bottom = np.ceil(pixels.max(0) + np.array([margin, margin * BELOW])).astype(int)
        return max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom))


def _pasted(background: ImageArray, crop: ImageArray, left: int, top: int) -> ImageArray:
    """Return the background with the crop faded in."""
    height, width = crop.shape[:2]
    left, top = min(left, background.shape[1] - width), min(top, background.shape[0] - height)
    share = (_fade(height)[:, None] * _fade(width)[None])[..., None]
    out = background.copy()
    there = out[top : top + height, left : left + width]
    there[:] = (there * (1 - share) + crop * share).astype(np.uint8)
    return out


def _fade(length: int) -> NDArray[np.float32]:
    """Return a row of that length which rises to 1 at both ends."""
    up = np.minimum(1, (np.arange(length) + 1) / FADE_PX)
    both: NDArray[np.float32] = np.minimum(up, up[::-1]).astype(np.float32)
    return both
