"""How far the head has turned against rest, from two witnesses, each with what it may be off by.

One is the head's own picture at rest, turned until it fits (`Pose.head`), the other the lines of the face. They are
weighed by their errors; when they are further apart than these explain, the error grows with the gap, so that what is
judged by it becomes UNSURE.
May not know: limits, exercises, how the picture is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formcheck.angles import wrap_deg
from formcheck.form import body
from formcheck.form.geometry import median_circular_deg
from formcheck.form.rest import Rest
from formcheck.types import Pose

#: What the picture's turn may be off by where the two pictures are alike, and how much that grows as they are less so:
#: two pictures that correlate by r differ by noise of sqrt(1/r^2 - 1) times what they have in common. With features of
#: 0.15 of the disc's radius, as the even brightness leaves them, that noise turns a least-squares fit by sqrt(2) * 0.15
#: squared, which is 1.8 deg.
PICTURE_ERROR_DEG, UNLIKE_ERROR_DEG = 1.0, 1.8
#: Its further error, as a share of the turn, from looking at the head not quite from the side. The face tapers: its
#: eyes lie nearer to the middle than its ears by 0.4 of their distance along the face. Seen from anywhere within 20 deg
#: of the side (a wide lens sees the head of somebody who lies straight before it from 15), 11.5 on average, a turn by
#: 55 deg is off by 0.4 * sin 11.5 * sin 55 = 0.065 radians = 3.7 deg.
PICTURE_ERROR_SHARE = 0.07
#: Expected error of the turn of the face's lines, and its further error as a share of the turn (8 to 11 deg measured;
#: the face is hidden at rest, so large turns come out short).
FACE_ERROR_DEG, FACE_ERROR_SHARE = 9.0, 0.2


@dataclass(frozen=True, slots=True)
class Witness:
    """A turn against rest, backwards positive, and one standard deviation of it: `error_deg`, and `share` of the turn.

    The share is of the turn that there is, not of the one told: a witness that falls short is no surer for it.
    """

    turn_deg: float
    error_deg: float
    share: float


def turn(pose: Pose, rest: Rest) -> tuple[float, float]:
    """Return the head's turn against `rest`, backwards positive, and its expected error, degrees; NaN when unseen."""
    return told([witness for witness in (by_picture(pose, rest), by_face(pose, rest)) if witness is not None])


def told(seen: Sequence[Witness]) -> tuple[float, float]:
    """Return the turn that one or two witnesses tell together, and its expected error, degrees; NaN for none."""
    if not seen:
        return float("nan"), float("nan")
    turns = np.array([witness.turn_deg for witness in seen])
    most = float(np.abs(turns).max())
    errors = np.array([np.hypot(witness.error_deg, witness.share * most) for witness in seen])
    weights = errors**-2 / (errors**-2).sum()
    apart = float(np.ptp(turns) / np.hypot(errors[0], errors[-1])) if len(turns) > 1 else 0.0
    return float(turns @ weights), float((errors**-2).sum() ** -0.5) * max(1.0, apart)


def by_picture(pose: Pose, rest: Rest) -> Witness | None:
    """Return what the head's own picture tells; None when it is not followed, or is not the one of `rest`."""
    head = pose.head
    if head is None or head.key != rest.head_key or not head.likeness > 0:
        return None
    sign = 1.0 if rest.head_side == "right" else -1.0  # turning up is counter-clockwise with the head right
    unlike = float(np.sqrt(max(head.likeness**-2 - 1.0, 0.0)))
    return Witness(
        sign * wrap_deg(head.turn_deg - rest.head_turn_deg),
        float(np.sqrt(PICTURE_ERROR_DEG**2 + (UNLIKE_ERROR_DEG * unlike) ** 2 + rest.head_noise_deg**2)),
        PICTURE_ERROR_SHARE,
    )


def by_face(pose: Pose, rest: Rest) -> Witness | None:
    """Return what the lines of the face tell, the median of their turns; None when they cannot be seen."""
    if not body.head_seen(pose):
        return None
    changes = [wrap_deg(float(d)) for d in body.face_elevations_deg(pose, rest.frame) - rest.face_deg if np.isfinite(d)]
    if not changes:
        return None
    error_deg = float(np.hypot(FACE_ERROR_DEG, rest.face_noise_deg if np.isfinite(rest.face_noise_deg) else 0.0))
    return Witness(median_circular_deg(np.array(changes)), error_deg, FACE_ERROR_SHARE)
