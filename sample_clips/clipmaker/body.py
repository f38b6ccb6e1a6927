"""A human body that can be bent: mesh, skeleton, skinning weights, and where the joints come to lie.

Axes in the rest mesh, metres: x towards the head, y to the body's own left, z towards its back; turned face down that
is z up. Shapes: V vertices, B bones, K bones that move a vertex, F triangles, T places in the texture.
May not know: where the mesh comes from, how somebody lies, pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from formcheck.types import FloatArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: the person's own sides, by the letter that ends a spec's angle, and which way y grows
SIDES: Mapping[str, int] = {"l": 1, "r": -1}


def rotation(axis: str, turn_deg: float) -> FloatArray:
    """Return the matrix (3, 3) that turns about the axis "x", "y" or "z", right-handed."""
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return np.array(rows[axis], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Where the bones are: `turns` (B, 3, 3) against the rest mesh, and their joints `places_m` (B, 3)."""

    turns: FloatArray
    places_m: FloatArray


@dataclass(frozen=True, eq=False)
class Body:
    """One person, standing at rest.

    `vertices_m` (V, 3), `joints_m` (B, 3). `parents` (B,): -1 for the root; a parent comes before its children.
    `movers` (V, K) bones and `shares` (V, K) how much each moves a vertex, summing to 1. `faces` (F, 3) vertices,
    `uv` (T, 2) 0..1 with v up, `uv_faces` (F, 3) rows of `uv`. `ears` (V,). `marks`: vertices by name, such as "nose".
    """

    vertices_m: FloatArray
    joints_m: FloatArray
    bones: tuple[str, ...]
    parents: IntArray
    movers: IntArray
    shares: FloatArray
    faces: IntArray
    uv: FloatArray
    uv_faces: IntArray
    ears: BoolArray
    marks: Mapping[str, int]

    @cached_property
    def index(self) -> dict[str, int]:
        """The bones' numbers by their names."""
        return {name: number for number, name in enumerate(self.bones)}

    @cached_property
    def weights(self) -> FloatArray:
        """How much each bone moves each vertex, (V, B)."""
        out = np.zeros((len(self.vertices_m), len(self.bones)))
        for k in range(self.movers.shape[1]):
            np.add.at(out, (np.arange(len(self.movers)), self.movers[:, k]), self.shares[:, k])
        return out

    @cached_property
    def owner(self) -> NDArray[np.str_]:
        """The bone that moves each vertex most, by name, (V,)."""
        names: NDArray[np.str_] = np.array(self.bones)[self.weights.argmax(1)]
        return names

    @property
    def height_cm(self) -> float:
        """How tall the body stands."""
        return 100 * float(np.ptp(self.vertices_m[:, 0]))

    @property
    def eye_m(self) -> FloatArray:
        """The midpoint of the eyes."""
        return (self.joint_m("eye.L") + self.joint_m("eye.R")) / 2

    def joint_m(self, bone: str) -> FloatArray:
        """Return where the bone begins, (3,)."""
        place: FloatArray = self.joints_m[self.index[bone]]
        return place

    def moved_by(self, *prefixes: str) -> FloatArray:
        """Return how much of each vertex's movement is due to bones whose names begin so, (V,) 0..1."""
        moved: FloatArray = self.weights[:, [name.startswith(prefixes) for name in self.bones]].sum(1)
        return moved

    def skinned(self, bent: Skeleton) -> FloatArray:
        """Return the vertices (V, 3) of the bent body, by linear blend skinning."""
        shift = bent.places_m - np.einsum("bij,bj->bi", bent.turns, self.joints_m)
        moves = np.concatenate([bent.turns, shift[:, :, None]], 2)
        each = np.einsum("vk,vkij->vij", self.shares, moves[self.movers])
        out: FloatArray = np.einsum("vij,vj->vi", each[:, :, :3], self.vertices_m) + each[:, :, 3]
        return out

    def bent(self, turns: Mapping[str, FloatArray], raised_m: float = 0.0) -> Skeleton:
        """Return the skeleton with bones turned against their parents, and the root raised; the rest stay straight."""
        straight = np.eye(3)
        world, places = np.zeros((len(self.bones), 3, 3)), np.zeros((len(self.bones), 3))
        for bone, parent in enumerate(self.parents):
            turn = turns.get(self.bones[bone], straight)
            if parent < 0:
                world[bone], places[bone] = turn, self.joints_m[bone] + [0, 0, raised_m]
            else:
                world[bone] = world[parent] @ turn
                places[bone] = places[parent] + world[parent] @ (self.joints_m[bone] - self.joints_m[parent])
        return Skeleton(world, places)

    def marked(self, name: str, bent: Skeleton) -> FloatArray:
        """Return where a vertex of `marks` comes to lie, (3,)."""
        vertex = self.marks[name]
        place: FloatArray = np.sum(
            [
                share * (bent.turns[bone] @ (self.vertices_m[vertex] - self.joints_m[bone]) + bent.places_m[bone])
                for bone, share in zip(self.movers[vertex], self.shares[vertex], strict=True)
                if share > 0
            ],
            axis=0,
        )
        return place
