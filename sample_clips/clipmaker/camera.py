"""The camera of a scene, and where in the picture it sees a place. May not know: people, rooms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker.spec import Camera, Side


def heading(head_side: Side) -> float:
    """Return 1 for a head to the right of the picture, -1 to the left: the person is turned round, not mirrored."""
    return -1.0 if head_side == "left" else 1.0


@dataclass(frozen=True, eq=False)
class Lens:
    """What the camera makes of places: `from_room` (4, 4) room to camera, `focal` in picture widths, `size_px`."""

    from_room: FloatArray
    focal: float
    size_px: tuple[int, int]
    heading: float

    def in_room(self, places_m: FloatArray) -> FloatArray:
        """Return places (N, 3) of the body's axes in the room's."""
        turned: FloatArray = places_m * [self.heading, self.heading, 1.0]
        return turned

    def project(self, places_m: FloatArray) -> FloatArray:
        """Return the pixels (N, 2) of places (N, 3) in the body's axes; y grows downwards, the origin is top left."""
        width, height = self.size_px
        seen = np.concatenate([self.in_room(places_m), np.ones((len(places_m), 1))], 1) @ self.from_room.T
        away = -seen[:, 2]
        x = width * (0.5 + self.focal * seen[:, 0] / away)
        y = height * 0.5 - width * self.focal * seen[:, 1] / away
        return np.stack([x, y], 1)


def set_up(bpy: Any, scene: Any, camera: Camera, size_px: tuple[int, int], head_side: Side) -> Lens:
    """Put the camera into Blender's scene and return its lens; both see the same to the last digit."""
    import mathutils

    turned = heading(head_side)
    data = bpy.data.cameras.new("c")
    data.sensor_width = 36
    data.angle_x = math.radians(camera.hfov_deg)
    eye = bpy.data.objects.new("c", data)
    scene.collection.objects.link(eye)
    scene.camera = eye
    target = np.array(camera.target, dtype=np.float64)
    target[0] *= turned
    yaw, far_m = math.radians(camera.yaw_deg), camera.distance_m
    place = target + np.array([math.sin(yaw) * far_m, -math.cos(yaw) * far_m, camera.height_m - target[2]])
    look = mathutils.Vector((target - place).tolist()).to_track_quat("-Z", "Y")
    roll = mathutils.Quaternion((0, 0, 1), math.radians(camera.roll_deg))
    eye.location, eye.rotation_euler = place, (look @ roll).to_euler()
    bpy.context.view_layer.update()
    focal = 0.5 / math.tan(data.angle_x / 2)
    return Lens(np.linalg.inv(np.array(eye.matrix_world)), focal, size_px, turned)
