"""Which parts of a body are clothed or haired: signed distances to the edges of garments and hair, metres, inside > 0.

Distances are measured on the standing body at rest. May not know: colours, poses, pictures.
"""

from __future__ import annotations

import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker.body import SIDES, Body, BoolArray
from sample_clips.clipmaker.noise import smooth, wave_noise
from sample_clips.clipmaker.spec import Look

ARM = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
#: how far up a receding hair line is moved, and where the hair ends at the nape, in units of the head (`Garments.head`)
RECEDING = {"receding": 0.018, "bun": -0.002, "bob": -0.002}
NAPE = {"short": -0.075, "receding": -0.07, "bald_top": -0.07, "bun": -0.085, "bob": -0.115}
#: a head has its top so far above its eyes, in its own units; they are about metres of a grown-up
TOP = 0.115


class Garments:
    """What one person wears: `shirt`, `trousers`, `socks` and `hair`, distances of each vertex, (V,) metres."""

    def __init__(self, body: Body, look: Look) -> None:
        self.body, self.look = body, look
        arms = {side: _arm(body, side) for side in SIDES}
        hands = np.max([*arms.values()], axis=0) > 0.3
        v, crotch_x, ankle_x = body.vertices_m, body.joint_m("upperleg01.L")[0], body.joint_m("foot.L")[0]
        self.shirt = self._shirt(arms, crotch_x)
        legs = np.minimum(crotch_x + 0.13 - v[:, 0], v[:, 0] - (ankle_x + look.trouser_hem))
        self.trousers = np.where(hands, -1.0, legs)
        bare = np.full(len(v), -1.0)
        self.socks = np.where(hands, -1.0, ankle_x + 0.09 - v[:, 0]) if look.socks else bare
        self.hair = self._hair()

    def head(self, places: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return how far back, up and left of the eyes' midpoint places (N, 3) are, in units of the head."""
        from_eyes = (places - self.body.eye_m) / self._head_unit_m
        return from_eyes[:, 2], from_eyes[:, 0], from_eyes[:, 1]

    @property
    def _head_unit_m(self) -> float:
        """How long the unit of this head is."""
        top = self.body.vertices_m[self.body.owner == "head", 0].max()
        return float((top - self.body.eye_m[0]) / TOP)

    def _shirt(self, arms: dict[str, FloatArray], crotch_x: float) -> FloatArray:
        """Return the shirt's distances: hem, sleeves, and a neck cut lower in front."""
        body, look, v = self.body, self.look, self.body.vertices_m
        neck = body.joint_m("neck01")
        to_hem = v[:, 0] - crotch_x - look.shirt_hem
        to_neck = (neck[0] + 0.005 - v[:, 0]) + 0.55 * (v[:, 2] - neck[2])
        out = np.minimum(to_hem, to_neck)
        for side, share in arms.items():
            on_arm = share > 0.5
            to_cuff = np.where(on_arm, _to_cuff(body, side, look.sleeve), 1.0)
            near_neck = np.where(v[:, 0] > neck[0] + 0.02, to_neck, 1.0)
            out = np.where(on_arm, np.minimum(to_cuff, near_neck), out)
        return np.where(body.moved_by("head", "neck03", "eye") > 0.4, -1.0, out)

    def _hair(self) -> FloatArray:
        """Return the hair's distances: above a line from the brow past temple and ear down to the nape."""
        body, style, v = self.body, self.look.hair_style, self.body.vertices_m
        back, up, _ = self.head(v)
        ear = float(self.head(v[body.ears])[0].mean())
        higher, nape = RECEDING.get(style, 0.0), NAPE[style]
        line = (
            (-0.05, 0.066 + higher), (0.0, 0.062 + higher), (0.02, 0.058 + higher), (0.042, 0.030 + higher),
            (0.06, 0.020), (ear - 0.022, 0.005), (ear - 0.012, 0.022), (ear + 0.012, 0.034), (ear + 0.028, -0.02),
            (ear + 0.06, nape), (0.25, nape),
        )  # fmt: skip
        unit_m = self._head_unit_m
        edge = np.interp(back, [at for at, _ in line], [height for _, height in line])
        out = (up - edge) * unit_m + 0.003 * wave_noise(v, 0.02, 3)
        if style == "bald_top":
            out = np.minimum(out, (0.045 - up) * unit_m)
        return np.where(v[:, 0] > body.joint_m("neck01")[0] - 0.02, out, -1.0)

    def thickness_m(self) -> FloatArray:
        """Return how far cloth and hair stand off the skin, (V,)."""
        body, look, v = self.body, self.look, self.body.vertices_m
        folds = wave_noise(v, 0.07, look.seed + 5)
        shirt = smooth(self.shirt, -0.002, 0.02) * (look.shirt_ease + 0.0035 * folds)
        trousers = smooth(self.trousers, -0.002, 0.02) * (look.trouser_ease + 0.0025 * folds)
        socks = smooth(self.socks, -0.002, 0.01) * 0.003
        on_head = (body.moved_by("head", "neck", "eye") > 0.5) & ~body.ears
        covered = smooth(self.hair, -0.002, 0.028) * on_head * smooth(_from_ears_m(body), 0.022, 0.05)
        locks = wave_noise(v, 0.03, look.seed + 9)
        hair = covered * (look.hair_cm / 100 + 0.0025 * locks)
        thickest: FloatArray = np.max([shirt, trousers, socks, hair], axis=0)
        return thickest


def _arm(body: Body, side: str) -> FloatArray:
    """Return how much the arm's bones move each vertex, (V,)."""
    end = f".{side.upper()}"
    return body.moved_by(*(bone for bone in body.bones if bone.endswith(end) and bone.startswith(ARM)))


def _to_cuff(body: Body, side: str, sleeve: float) -> FloatArray:
    """Return how far each vertex is from the cuff towards the shoulder, (V,); `sleeve` as in a look."""
    end = f".{side.upper()}"
    elbow, shoulder, wrist = (body.joint_m(name + end) for name in ("lowerarm01", "upperarm01", "wrist"))
    bone, cuff = (
        ((elbow - shoulder), shoulder + (elbow - shoulder) * sleeve)
        if sleeve <= 1
        else ((wrist - elbow), elbow + (wrist - elbow) * (sleeve - 1))
    )
    out: FloatArray = (cuff - body.vertices_m) @ (bone / np.linalg.norm(bone))
    return out


def _from_ears_m(body: Body) -> FloatArray:
    """Return each vertex's distance from the nearer ear's middle, (V,)."""
    v = body.vertices_m
    middles = [v[_ear(body, sign)].mean(0) for sign in SIDES.values()]
    nearest: FloatArray = np.min([np.linalg.norm(v - middle, axis=1) for middle in middles], axis=0)
    return nearest


def _ear(body: Body, sign: int) -> BoolArray:
    ear: BoolArray = body.ears & (body.vertices_m[:, 1] * sign > 0)
    return ear
