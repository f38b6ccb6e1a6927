"""A person in a Blender scene: a mesh with a painted texture that takes one pose after another.

May not know: rooms, cameras, scripts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker import materials, texture
from sample_clips.clipmaker.anatomy import body_of
from sample_clips.clipmaker.body import Body, Skeleton, rotation
from sample_clips.clipmaker.garments import Garments
from sample_clips.clipmaker.spec import Bystander, Look

#: how far the upper arms of a standing person hang down from where the rest pose holds them, degrees
HANG_DEG = 30

#: places (N, 3) of the body's axes to the room's
InRoom = Callable[[FloatArray], FloatArray]


class Figure:
    """One person of the scene. `objects`: what of it is in Blender."""

    def __init__(self, bpy: Any, scene: Any, body: Body, look: Look, name: str, folder: Path) -> None:
        self.body = body
        garments = Garments(body, look)
        painted = folder / f"skin_{name}.png"
        texture.paint(garments, painted)
        self._mesh = bpy.data.meshes.new(name)
        self._mesh.from_pydata(body.vertices_m.tolist(), [], body.faces.tolist())
        uv = self._mesh.uv_layers.new(name="UVMap")
        uv.data.foreach_set("uv", body.uv[body.uv_faces].astype(np.float32).ravel())
        self._mesh.materials.append(materials.painted(bpy, name, painted))
        self._mesh.polygons.foreach_set("use_smooth", np.ones(len(body.faces), bool))
        skin = bpy.data.objects.new(name, self._mesh)
        scene.collection.objects.link(skin)
        self._thickness_m = garments.thickness_m()
        self.objects = [skin]
        self._bun = None
        if look.hair_style == "bun":
            self._bun = _ball(bpy, name, look)
            self.objects.append(self._bun)
            top = body.vertices_m[body.owner == "head"]
            self._bun_at = np.array([body.eye_m[0] + 0.035, 0, top[:, 2].max() + 0.02])

    def take(self, vertices_m: FloatArray, bent: Skeleton, in_room: InRoom, *, lying: bool = True) -> None:
        """Take a pose: cloth and hair stand off the skin (V, 3), and nothing of somebody lying is below the mat."""
        outside = vertices_m + self._normals(vertices_m) * self._thickness_m[:, None]
        if lying:
            outside[:, 2] = np.maximum(outside[:, 2], 0.0)
        self._mesh.vertices.foreach_set("co", in_room(outside).astype(np.float32).ravel())
        self._mesh.update()
        if self._bun is not None:
            head = self.body.index["head"]
            at = bent.places_m[head] + bent.turns[head] @ (self._bun_at - self.body.joints_m[head])
            self._bun.location = in_room(at[None])[0]

    def _normals(self, vertices_m: FloatArray) -> FloatArray:
        """Return the outward unit normals of the vertices, (V, 3), weighted by the size of the triangles round each."""
        faces = self.body.faces
        corners = vertices_m[faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = np.zeros_like(vertices_m)
        for corner in range(3):
            np.add.at(normals, faces[:, corner], across)
        unit: FloatArray = normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9)
        return unit


def _ball(bpy: Any, name: str, look: Look) -> Any:
    """Return a new ball of hair."""
    bpy.ops.mesh.primitive_uv_sphere_add(radius=1, segments=24, ring_count=14)
    ball = bpy.context.object
    ball.name = f"{name}_bun"
    for polygon in ball.data.polygons:
        polygon.use_smooth = True
    ball.data.materials.append(materials.plain(bpy, f"{name}_bun", look.hair, 0.8, 0.5, 40, 0.8))
    ball.scale = (look.bun_cm / 100,) * 3
    return ball


def stand(bpy: Any, scene: Any, who: Bystander, name: str, folder: Path) -> None:
    """Put somebody into the scene who stands still, arms by the sides."""
    body = body_of(who.body)
    figure = Figure(bpy, scene, body, who.look, name, folder)
    c, s = math.cos(math.radians(who.turn)), math.sin(math.radians(who.turn))
    soles = body.vertices_m[:, 0].min()

    def in_room(places_m: FloatArray) -> FloatArray:
        left, back, up = places_m[:, 1], places_m[:, 2], places_m[:, 0] - soles
        return np.stack([c * left - s * back + who.at[0], s * left + c * back + who.at[1], up - 0.01], 1)

    hanging = body.bent({"upperarm01.L": rotation("z", HANG_DEG), "upperarm01.R": rotation("z", -HANG_DEG)})
    figure.take(body.skinned(hanging), hanging, in_room, lying=False)
