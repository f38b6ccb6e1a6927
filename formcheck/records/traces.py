"""A set's trace as rows of the rep log's tables and back: small enough that ten thousand sessions do no harm.

Curves keep hundredths of their unit, and landmarks a sixteen-thousandth of the picture's width: far below what any
measure can tell. May not know: files, locks, transactions.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formcheck.types import Curve, FloatArray, Pose, Posture, Trace

#: a curve's steps to a unit, a landmark's to the picture's width, a visibility's to 1; what is not there is `NONE`
CURVE_STEPS, PLACE_STEPS, VISIBILITY_STEPS, NONE = 100.0, 16384.0, 100.0, -32768
#: how the numbers lie in the file, whatever machine wrote it
KEPT = np.dtype("<i2")
MOMENTS = ("rest", "top")


def write(db: sqlite3.Connection, session_id: int, trace: Trace) -> None:
    """Write the trace, inside the caller's transaction, in place of an earlier one; of repetitions that are there."""
    db.execute("DELETE FROM curves WHERE session = ?", (session_id,))
    db.execute("DELETE FROM postures WHERE session = ?", (session_id,))
    db.executemany(
        "INSERT INTO curves (session, place, name, unit, from_s, step_s, points) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (session_id, place, curve.name, curve.unit, curve.from_s, curve.step_s,
             zlib.compress(_whole(curve.values * CURVE_STEPS).tobytes()))
            for place, curve in enumerate(trace.curves)
        ],
    )  # fmt: skip
    db.executemany(
        "INSERT INTO postures (session, rep, moment, t_s, wide_px, high_px, marks) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (session_id, posture.rep, moment, pose.t_s, *pose.size_px, _marks(pose))
            for posture in trace.postures
            for moment, pose in zip(MOMENTS, (posture.rest, posture.top), strict=True)
        ],
    )


def read(db: sqlite3.Connection, session_id: int) -> Trace:
    """Return the session's trace, an empty one where none is kept."""
    curves = tuple(
        Curve(name, unit, from_s, step_s, _numbers(zlib.decompress(points)) / CURVE_STEPS)
        for name, unit, from_s, step_s, points in db.execute(
            "SELECT name, unit, from_s, step_s, points FROM curves WHERE session = ? ORDER BY place", (session_id,)
        )
    )
    poses: dict[int, dict[str, Pose]] = {}
    for rep, moment, *kept in db.execute(
        "SELECT rep, moment, t_s, wide_px, high_px, marks FROM postures WHERE session = ? ORDER BY rep", (session_id,)
    ):
        poses.setdefault(rep, {})[moment] = _pose(*kept)
    return Trace(curves, tuple(Posture(rep, *(at[moment] for moment in MOMENTS)) for rep, at in poses.items()))


def _marks(pose: Pose) -> bytes:
    """Return the landmarks as bytes: x, y and visibility of each."""
    places = pose.xy_px / pose.size_px[0] * PLACE_STEPS
    return _whole(np.column_stack([places, pose.visibility * VISIBILITY_STEPS])).tobytes()


def _pose(t_s: float, wide_px: int, high_px: int, marks: bytes) -> Pose:
    """Return the pose; depths and brightness, which nothing is drawn from, were not kept."""
    rows = _numbers(marks).reshape(-1, 3)
    visibility = np.nan_to_num(rows[:, 2] / VISIBILITY_STEPS)
    places_px = rows[:, :2] * (wide_px / PLACE_STEPS)
    return Pose(t_s, (wide_px, high_px), places_px, np.full(len(rows), np.nan), visibility, np.nan)


def _whole(values: NDArray[Any]) -> NDArray[np.int16]:
    """Return the values as small whole numbers: one out of reach at the end of what there is, NaN as `NONE`."""
    held = np.clip(np.round(values), NONE + 1, -NONE - 1)
    return np.where(np.isnan(held), NONE, held).astype(KEPT)


def _numbers(kept: bytes) -> FloatArray:
    whole = np.frombuffer(kept, KEPT).astype(np.float64)
    whole[whole == NONE] = np.nan
    return whole
