"""The picture as in a mirror, for display only: who moves a hand sees it move on the same side of the screen.

What is judged and kept is never mirrored, and neither are drawn words, since they are drawn after.
May not know: windows, drawing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from formcheck.coach.scene import Scene
from formcheck.landmarks import Landmark
from formcheck.types import ImageArray, Observation, Pose, Silhouette

Shown = TypeVar("Shown", Observation, Scene)

#: the row of each landmark's partner on the other side; the nose is its own
_PARTNERS = [
    Landmark[mark.name.replace("LEFT", "RIGHT") if "LEFT" in mark.name else mark.name.replace("RIGHT", "LEFT")]
    for mark in Landmark
]
_OTHER_SIDE = {"left": "right", "right": "left"}


def mirrored(image: ImageArray, shown: Shown) -> tuple[ImageArray, Shown]:
    """Return `image`, (height, width, 3), and what is shown over it, left and right exchanged.

    The mirror image of somebody whose right side is near is somebody whose left side is near. So the rows of a mirrored
    pose change places with their partners: the near side stays the one that the drawing takes for the near one. A
    mirrored observation is for drawing, and not to be judged.
    """
    flipped = np.ascontiguousarray(image[:, ::-1])
    if isinstance(shown, Scene):
        seen = shown.observation
        return flipped, replace(shown, observation=None if seen is None else _observation(seen))
    return flipped, _observation(shown)


def _observation(seen: Observation) -> Observation:
    """Return the mirrored observation."""
    head, raised = (None if side is None else _OTHER_SIDE[side] for side in (seen.head_side, seen.raised))
    return replace(seen, pose=_pose(seen.pose), head_side=head, raised=raised)


def _pose(pose: Pose) -> Pose:
    """Return the mirrored pose: where it is, which side is which, its outline and the turn of its head."""
    xy_px = pose.xy_px[_PARTNERS]
    xy_px[:, 0] = pose.size_px[0] - xy_px[:, 0]
    shape, head = pose.silhouette, pose.head
    if shape is not None:
        shape = Silhouette(shape.top_px[::-1], shape.bottom_px[::-1], shape.doubt_px[::-1])
    if head is not None:
        head = replace(head, turn_deg=-head.turn_deg)
    return replace(
        pose, xy_px=xy_px, z=pose.z[_PARTNERS], visibility=pose.visibility[_PARTNERS], silhouette=shape, head=head
    )
