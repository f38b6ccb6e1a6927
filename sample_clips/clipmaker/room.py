"""Builds what is in a Blender scene but people: room, mat, pillow, towel and lamps. Metres, degrees.

May not know: bodies, cameras, pictures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from sample_clips.clipmaker import materials
from sample_clips.clipmaker.camera import heading
from sample_clips.clipmaker.spec import Light, Room, Spec

#: the walls are wider than any picture
FAR = 14
#: pillow and towel give way, so each is made a little thicker than what it holds up: (length, width, thicker by)
PILLOW, TOWEL = (0.36, 0.50, 1.25), (0.16, 0.28, 1.15)
#: lamps shine at the person on the mat
LIT = (0, 0.2, 0.2)


def _box(
    bpy: Any,
    name: str,
    size: Sequence[float],
    at: Sequence[float],
    material: Any,
    bevel: float = 0.0,
    turn: float = 0.0,
) -> None:
    """Put a box there, with rounded edges where `bevel` is not 0."""
    bpy.ops.mesh.primitive_cube_add(size=1, location=at, rotation=(0, 0, math.radians(turn)))
    box = bpy.context.object
    box.name, box.scale = name, size
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    box.data.materials.append(material)
    if bevel:
        rounded = box.modifiers.new("b", "BEVEL")
        rounded.width, rounded.segments = bevel, 5
        for polygon in box.data.polygons:
            polygon.use_smooth = True


def build(bpy: Any, room: Room) -> None:
    """Build floor, walls and furniture."""
    floor = materials.planks(bpy, room.floor_rgb) if room.floor == "planks" else _soft_floor(bpy, room)
    _box(bpy, "floor", (FAR, FAR, 0.02), (0, 0, -0.03), floor)
    wall = materials.plain(bpy, "wall", room.wall_rgb, 0.95, 0.12, 2)
    _box(bpy, "wall", (FAR, 0.05, 5), (0, room.wall_m, 2.4), wall)
    skirting = materials.plain(bpy, "skirt", room.skirting_rgb, 0.6)
    _box(bpy, "skirting", (FAR, 0.02, 0.09), (0, room.wall_m - 0.035, 0.02), skirting)
    if room.side_wall_x is not None:
        _box(bpy, "side", (0.05, FAR, 5), (room.side_wall_x, 0, 2.4), wall)
    for number, piece in enumerate(room.furniture):
        name = f"furn{number}"
        material = materials.plain(bpy, name, piece.rgb, piece.rough, piece.mottling, 12)
        _box(bpy, name, piece.size, piece.at, material, piece.bevel, piece.turn)


def _soft_floor(bpy: Any, room: Room) -> Any:
    carpet = room.floor == "carpet"
    return materials.plain(bpy, "floor", room.floor_rgb, 0.95, 0.35, 60 if carpet else 8, 0.25 if carpet else 0)


def lay_out(bpy: Any, spec: Spec, forehead_x: float) -> None:
    """Lay out mat and pillow, and a towel under the forehead, which is at `forehead_x` in the body's axes."""
    turned = heading(spec.head_side)
    if spec.mat.rgb is not None:
        material = materials.plain(bpy, "mat", spec.mat.rgb, 0.85, 0.12, 150, 0.1)
        _box(bpy, "mat", (*spec.mat.size, 0.012), (turned * spec.mat.x, 0, -0.012), material, 0.004)
    if spec.pillow_m > 0:
        length, width, thicker = PILLOW
        material = materials.plain(bpy, "pillow", spec.pillow_rgb, 0.9, 0.15, 12, 0.2)
        size, at = (length, width, spec.pillow_m * thicker), (turned * 0.05, 0, spec.pillow_m * 0.60)
        _box(bpy, "pillow", size, at, material, spec.pillow_m * 0.55)
    if spec.towel_m > 0 and spec.arms != "forehead_on_hands":
        length, width, thicker = TOWEL
        material = materials.plain(bpy, "towel", spec.towel_rgb, 0.95, 0.2, 80, 0.3)
        size, at = (length, width, spec.towel_m * thicker), (turned * forehead_x, 0, spec.towel_m * 0.5)
        _box(bpy, "towel", size, at, material, spec.towel_m * 0.45)


def light(bpy: Any, scene: Any, lamps: Light) -> None:
    """Light the scene."""
    import mathutils

    world = bpy.data.worlds.new("w")
    scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value = (*lamps.ambient_rgb, 1)
    background.inputs[1].default_value = lamps.ambient
    for name, lamp in (("key", lamps.key), ("fill", lamps.fill)):
        if lamp is None:
            continue
        data = bpy.data.lights.new(name, "AREA")
        data.energy, data.size, data.color = lamp.watt, lamp.size, lamp.rgb
        there = bpy.data.objects.new(name, data)
        at = np.array(lamp.at, dtype=np.float64)
        there.location = at
        towards = mathutils.Vector((np.array(LIT) - at).tolist())
        there.rotation_euler = towards.to_track_quat("-Z", "Y").to_euler()
        scene.collection.objects.link(there)
