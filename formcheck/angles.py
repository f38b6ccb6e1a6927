"""Arithmetic of angles in degrees, for whoever measures or follows turns. May not know: what turns."""

from __future__ import annotations


def wrap_deg(angle_deg: float) -> float:
    """Return the angle in (-180, 180]; NaN stays NaN."""
    return float(-((-angle_deg + 180.0) % 360.0 - 180.0))
