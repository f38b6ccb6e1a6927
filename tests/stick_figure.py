"""A body of sticks with the clip maker's bones, for tests of how somebody lies and moves without anny's bodies.

Every vertex is moved by one bone alone. Metres, standing: x up, y to the figure's left, z towards its back.
"""

from __future__ import annotations

import numpy as np

from sample_clips.clipmaker.body import Body

#: name, parent, where it begins (of a pair: the left one's), and how thick the flesh is round it
BONES = (
    ("root", "", (0.0, 0.0, 0.0), 0.10),
    ("pelvis.L", "root", (0.0, 0.05, 0.0), 0.11),
    ("upperleg01.L", "pelvis.L", (-0.05, 0.10, 0.0), 0.08),
    ("lowerleg01.L", "upperleg01.L", (-0.48, 0.10, 0.0), 0.05),
    ("foot.L", "lowerleg01.L", (-0.88, 0.10, 0.02), 0.03),
    ("toe1-1.L", "foot.L", (-0.91, 0.10, -0.14), 0.01),
    ("spine05", "root", (0.08, 0.0, 0.02), 0.10),
    ("spine04", "spine05", (0.16, 0.0, 0.02), 0.10),
    ("spine03", "spine04", (0.24, 0.0, 0.02), 0.10),
    ("spine02", "spine03", (0.32, 0.0, 0.02), 0.11),
    ("spine01", "spine02", (0.40, 0.0, 0.02), 0.11),
    ("clavicle.L", "spine01", (0.46, 0.03, 0.0), 0.08),
    ("shoulder01.L", "clavicle.L", (0.46, 0.10, 0.0), 0.06),
    ("upperarm01.L", "shoulder01.L", (0.45, 0.18, 0.0), 0.04),
    ("lowerarm01.L", "upperarm01.L", (0.25, 0.37, 0.01), 0.03),
    ("lowerarm02.L", "lowerarm01.L", (0.155, 0.45, -0.01), 0.03),
    ("wrist.L", "lowerarm02.L", (0.06, 0.53, -0.03), 0.02),
    ("finger2-1.L", "wrist.L", (-0.02, 0.58, -0.07), 0.01),
    ("finger3-1.L", "wrist.L", (-0.03, 0.59, -0.05), 0.01),
    ("finger5-1.L", "wrist.L", (-0.02, 0.58, -0.01), 0.01),
    ("neck01", "spine01", (0.50, 0.0, 0.0), 0.05),
    ("neck02", "neck01", (0.53, 0.0, 0.0), 0.05),
    ("neck03", "neck02", (0.56, 0.0, 0.0), 0.05),
    ("head", "neck03", (0.60, 0.0, 0.0), 0.09),
    ("eye.L", "head", (0.68, 0.03, -0.09), 0.01),
)


def _both() -> list[tuple[str, str, tuple[float, float, float], float]]:
    """Return all bones, the right ones after the left."""
    out = []
    for name, parent, (x, y, z), thick in BONES:
        out.append((name, parent, (x, y, z), thick))
        if name.endswith(".L"):
            right = parent.removesuffix(".L") + ".R" if parent.endswith(".L") else parent
            out.append((name.removesuffix(".L") + ".R", right, (x, -y, z), thick))
    return out


def stick_figure() -> Body:
    """Return the figure: six vertices round the beginning of each bone, and a triangle of the first three of them."""
    bones = _both()
    names = [name for name, *_ in bones]
    joints = np.array([place for _, _, place, _ in bones])
    around = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float)
    vertices = np.concatenate([place + thick * around for _, _, place, thick in bones])
    first = {name: 6 * number for number, name in enumerate(names)}
    marks = {"nose": first["head"] + 5}
    for side, left in (("l", 2), ("r", 3)):
        end = side.upper()
        marks |= {
            f"ear_{side}": first["head"] + left, f"eye_{side}": first[f"eye.{end}"] + 5,
            f"toe_{side}": first[f"toe1-1.{end}"] + 5,
        }  # fmt: skip
    return Body(
        vertices_m=vertices,
        joints_m=joints,
        bones=tuple(names),
        parents=np.array([names.index(parent) if parent else -1 for _, parent, *_ in bones]),
        movers=np.repeat(np.arange(len(names)), 6)[:, None],
        shares=np.ones((len(vertices), 1)),
        faces=np.array([[start, start + 1, start + 2] for start in first.values()]),
        uv=np.zeros((1, 2)),
        uv_faces=np.zeros((len(first), 3), dtype=int),
        ears=np.zeros(len(vertices), dtype=bool),
        marks=marks,
    )
