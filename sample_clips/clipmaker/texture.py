"""Paints one person's skin, face, hair and clothes into a texture.

Every texel knows its place on the body at rest, so the edges of garments are crisp and move with the body.
May not know: poses, rooms, Blender.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker import anatomy
from sample_clips.clipmaker.body import Body, BoolArray, IntArray
from sample_clips.clipmaker.garments import Garments
from sample_clips.clipmaker.noise import smooth, wave_noise

#: edge of the texture in texels: one is about 2 mm of skin
SIZE = 1536
#: the colours of an eye and how far from straight ahead each reaches, degrees
WHITE, IRIS, PUPIL = (0.80, 0.77, 0.74), (0.16, 0.10, 0.07), 0.02
IRIS_DEG, PUPIL_DEG = 26, 11


@dataclass(frozen=True, eq=False)
class Texels:
    """The texels that are on the body: `used` (SIZE, SIZE), and of those N their vertices and shares, (N, 3) each."""

    used: BoolArray
    vertices: IntArray
    shares: FloatArray

    def of(self, values: FloatArray) -> FloatArray:
        """Return what values of vertices, (V,) or (V, C), are at the texels."""
        out: FloatArray = np.einsum("nk,nk...->n...", self.shares, values[self.vertices])
        return out


def paint(garments: Garments, path: Path) -> None:
    """Write the texture of one person as a PNG, in the sRGB values of the look."""
    body = garments.body
    texels = _texels(body)
    places = texels.of(body.vertices_m)
    colour = _skin(garments, texels, places)
    colour = _eyes(body, texels, places, colour)
    colour = _hair(garments, texels, places, colour)
    colour = _clothes(garments, texels, places, colour)
    image = np.zeros((SIZE, SIZE, 3))
    image[texels.used] = np.clip(colour, 0, 1)
    if not cv2.imwrite(str(path), (image[..., ::-1] * 255).astype(np.uint8)):
        raise OSError(f"the texture {path} could not be written")


def _texels(body: Body) -> Texels:
    """Return which texels lie on the body, and where; seams are widened by half a triangle, or they would show."""
    face = np.full((SIZE, SIZE), -1, dtype=np.int64)
    shares = np.zeros((SIZE, SIZE, 3), np.float32)
    corners = body.uv[body.uv_faces].astype(np.float64)
    corners[..., 0] *= SIZE
    corners[..., 1] = (1 - corners[..., 1]) * SIZE
    starts = np.maximum(np.floor(corners.min(1)).astype(int) - 1, 0)
    ends = np.minimum(np.ceil(corners.max(1)).astype(int) + 2, SIZE)
    for number, ((x0, y0), (x1, y1)) in enumerate(zip(starts, ends, strict=True)):
        (ax, ay), (bx, by), (cx, cy) = corners[number]
        twice_area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
        if abs(twice_area) < 1e-9:
            continue
        x, y = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
        u = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / twice_area
        v = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / twice_area
        w = 1 - u - v
        inside = np.minimum(np.minimum(u, v), w)
        here = face[y0:y1, x0:x1]
        mine = (inside > -1e-6) | ((inside > -0.6) & (here < 0))
        here[mine] = number
        shares[y0:y1, x0:x1][mine] = np.clip(np.stack([u, v, w], -1), 0, 1)[mine]
    shares /= np.maximum(shares.sum(-1, keepdims=True), 1e-6)
    used = face >= 0
    return Texels(used, body.faces[face[used]], shares[used].astype(np.float64))


def _mask(name: str, texels: Texels) -> FloatArray:
    """Return one of the body's masks at the texels, (N,) 0..1."""
    sized = np.asarray(cv2.resize(anatomy.mask(name), (SIZE, SIZE)), dtype=np.float64)
    share: FloatArray = (sized / 255.0)[texels.used]
    return share


def _blended(colour: FloatArray, share: FloatArray, other: FloatArray) -> FloatArray:
    """Return `colour` (N, 3) with `share` (N,) of another colour, (3,) or (N, 3), in it."""
    out: FloatArray = colour * (1 - share[:, None]) + other * share[:, None]
    return out


def _skin(garments: Garments, texels: Texels, places: FloatArray) -> FloatArray:
    """Return the colour of skin, with cheeks, lips, eyelids, brows and a beard."""
    body, look = garments.body, garments.look
    skin, hair = np.asarray(look.skin), np.asarray(look.hair)
    tone = 0.035 * wave_noise(places, 0.09, look.seed) + 0.03 * wave_noise(places, 0.012, look.seed + 1)
    colour: FloatArray = skin * (1 + tone)[:, None]
    back, up, left = garments.head(places)
    aside = np.abs(left)
    on_head = texels.of((body.moved_by("head", "eye") > 0.5).astype(float)) > 0.5
    lips = _mask("lips", texels)
    cheeks = np.exp(-(((aside - 0.04) / 0.02) ** 2) - ((up + 0.035) / 0.022) ** 2) * (back < 0.06) * on_head
    colour = _blended(colour, 0.25 * cheeks, skin * [1.0, 0.72, 0.68])
    colour = _blended(colour, 0.75 * lips, skin * [0.88, 0.56, 0.55])
    colour = _blended(colour, 0.35 * _mask("eyelids", texels), skin * 0.72)
    arch = 0.021 + 0.006 * np.clip((aside - 0.012) / 0.022, 0, 1) - 0.008 * np.clip((aside - 0.036) / 0.016, 0, 2)
    brow = 1 - smooth(np.abs(up - arch), 0.002, 0.0055)
    brow *= smooth(aside, 0.010, 0.014) * (1 - smooth(aside, 0.050, 0.056)) * (back < 0.035) * on_head
    colour = _blended(colour, 0.85 * brow, hair * 0.55 + np.array([0.04, 0.03, 0.02]))
    if look.beard > 0:
        jaw = smooth(-0.03 - up, 0, 0.02) * smooth(0.085 - back, 0, 0.03) * (1 - lips)
        jaw = jaw * (texels.of(body.moved_by("head")) > 0.6)
        stubble = (0.85 + 0.1 * wave_noise(places, 0.006, 4)).clip(0, 1)
        colour = _blended(colour, look.beard * np.clip(jaw, 0, 1) * stubble, hair * 0.8)
    return colour


def _eyes(body: Body, texels: Texels, places: FloatArray, colour: FloatArray) -> FloatArray:
    """Return the colours with eyeballs: white, with a dark iris and pupil that look straight ahead."""
    out = colour.copy()
    for side in ("L", "R"):
        eye = f"eye.{side}"
        ball = texels.of((body.owner == eye).astype(float)) > 0.5
        out_of_eye = places[ball] - body.joint_m(eye)
        ahead = -out_of_eye[:, 2] / np.linalg.norm(out_of_eye, axis=1)
        off_deg = np.degrees(np.arccos(np.clip(ahead, -1, 1)))[:, None]
        out[ball] = np.where(off_deg < PUPIL_DEG, PUPIL, np.where(off_deg < IRIS_DEG, IRIS, WHITE))
    return out


def _hair(garments: Garments, texels: Texels, places: FloatArray, colour: FloatArray) -> FloatArray:
    """Return the colours with hair, in strands."""
    body, look = garments.body, garments.look
    ragged = texels.of(garments.hair) + 0.004 * wave_noise(places, 0.008, look.seed + 3)
    share = smooth(ragged, -0.003, 0.006) * (1 - _mask("ears", texels))
    share *= texels.of((body.moved_by("head", "neck") > 0.5).astype(float)) > 0.4
    strands = 0.95 + 0.09 * wave_noise(places * [0.45, 1, 0.45], 0.006, look.seed + 4)
    strands = strands + 0.08 * wave_noise(places, 0.03, look.seed + 6)
    return _blended(colour, share, np.asarray(look.hair) * np.clip(strands, 0.4, 1.7)[:, None])


def _clothes(garments: Garments, texels: Texels, places: FloatArray, colour: FloatArray) -> FloatArray:
    """Return the colours with the clothes over them, the shirt last."""
    look = garments.look
    # the numbers part the weave of one garment from another's
    worn = (
        (garments.trousers, look.trousers, look.trousers_pattern, look.trousers_accent, 8),
        (garments.socks, look.socks_rgb, "plain", look.socks_rgb, 9),
        (garments.shirt, look.shirt, look.shirt_pattern, look.shirt_accent, 5),
    )
    for distance, rgb, pattern, accent, number in worn:
        inside = texels.of(distance)
        share = smooth(inside, -0.002, 0.002)
        if share.max() <= 0:
            continue
        cloth = _cloth(pattern, places, np.asarray(rgb), np.asarray(accent), look.seed + number)
        hem = 1 - 0.35 * (1 - smooth(np.abs(inside - 0.016), 0.0015, 0.003))
        colour = _blended(colour, share, cloth * hem[:, None])
    return colour


def _cloth(pattern: str, places: FloatArray, base: FloatArray, accent: FloatArray, seed: int) -> FloatArray:
    """Return the colour of cloth at places on the body, (N, 3): a pattern of two colours, and wrinkles."""
    x, y, z = places.T
    colour = np.repeat(base[None], len(places), 0)
    if pattern == "stripes":
        colour = np.where((np.sin(x * 2 * np.pi / 0.055) > 0.35)[:, None], accent, colour)
    elif pattern == "check":
        lines = (np.sin(x * 2 * np.pi / 0.08) > 0.6).astype(float) + (np.sin(y * 2 * np.pi / 0.08) > 0.6)
        colour = colour * (1 - 0.35 * lines[:, None]) + accent * 0.35 * lines[:, None]
    elif pattern == "logo":
        random = np.random.default_rng(seed)
        for _ in range(7):
            middle = np.array([random.uniform(0.15, 0.45), random.uniform(-0.15, 0.15)])
            half = random.uniform(0.015, 0.06, 2)
            colour[(np.abs(x - middle[0]) < half[0]) & (np.abs(y - middle[1]) < half[1])] = accent
    elif pattern == "side_stripe":
        colour[(np.abs(z) < 0.018) & (np.abs(y) > 0.12)] = accent
    wrinkles = 0.05 * wave_noise(places, 0.06, seed + 1) + 0.03 * wave_noise(places, 0.015, seed + 2)
    out: FloatArray = colour * (1 + wrinkles)[:, None]
    return out
