"""What things in a Blender scene are made of. Colours are sRGB 0..1. May not know: where the things are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.types import FloatArray


def linear(rgb: Sequence[float] | FloatArray) -> FloatArray:
    """Return a colour, (3,) sRGB, as linear light (IEC 61966-2-1)."""
    c = np.clip(np.asarray(rgb, dtype=np.float64), 0, 1)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def _new(bpy: Any, name: str) -> tuple[Any, Any, Any]:
    """Return a new material, its nodes and links, and the node that scatters light."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    return material, tree, tree.nodes["Principled BSDF"]


def plain(
    bpy: Any,
    name: str,
    rgb: Sequence[float],
    rough: float = 0.8,
    mottling: float = 0.0,
    scale: float = 30,
    bump: float = 0.0,
) -> Any:
    """Return a material of one colour. `mottling`: how patchy, 0..1; `bump`: how uneven; `scale`: patches a metre."""
    material, tree, surface = _new(bpy, name)
    surface.inputs["Base Color"].default_value = (*linear(rgb), 1)
    surface.inputs["Roughness"].default_value = rough
    if not (mottling or bump):
        return material
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = 4
    if mottling:
        mix = tree.nodes.new("ShaderNodeMixRGB")
        mix.blend_type, mix.inputs[0].default_value = "MULTIPLY", mottling
        mix.inputs[1].default_value = (*linear(rgb), 1)
        tree.links.new(noise.outputs["Fac"], mix.inputs[2])
        tree.links.new(mix.outputs[0], surface.inputs["Base Color"])
    if bump:
        _uneven(tree, surface, noise, bump)
    return material


def planks(bpy: Any, rgb: Sequence[float]) -> Any:
    """Return a floor of planks, 1.1 m by 0.14 m."""
    material, tree, surface = _new(bpy, "planks")
    light = np.asarray(rgb, dtype=np.float64)
    place, brick = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeTexBrick")
    dark = light * 0.86
    for name, colour in (("Color1", light), ("Color2", dark), ("Mortar", light * 0.45)):
        brick.inputs[name].default_value = (*linear(colour), 1)
    for name, value in (("Scale", 1.0), ("Mortar Size", 0.003), ("Brick Width", 1.1), ("Row Height", 0.14)):
        brick.inputs[name].default_value = value
    tree.links.new(place.outputs["Object"], brick.inputs["Vector"])
    tree.links.new(brick.outputs["Color"], surface.inputs["Base Color"])
    surface.inputs["Roughness"].default_value = 0.5
    return material


def painted(bpy: Any, name: str, texture: Path) -> Any:
    """Return the material of a person: the texture, with the fine bumps of skin and cloth."""
    material, tree, surface = _new(bpy, name)
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image = bpy.data.images.load(str(texture))
    tree.links.new(image.outputs["Color"], surface.inputs["Base Color"])
    surface.inputs["Roughness"].default_value = 0.68
    noise, place = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeTexCoord")
    noise.inputs["Scale"].default_value = 70
    noise.inputs["Detail"].default_value = 3
    tree.links.new(place.outputs["UV"], noise.inputs["Vector"])
    _uneven(tree, surface, noise, 0.22).inputs["Distance"].default_value = 0.01
    return material


def _uneven(tree: Any, surface: Any, noise: Any, strength: float) -> Any:
    """Make the surface as uneven as the noise and return the node that does it."""
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = strength
    tree.links.new(noise.outputs["Fac"], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], surface.inputs["Normal"])
    return bump
