"""Soft edges and smooth noise, of which skin and cloth are made. May not know: bodies."""

from __future__ import annotations

import numpy as np

from formcheck.types import FloatArray


def smooth(values: FloatArray, lo: float, hi: float) -> FloatArray:
    """Return 0 up to `lo` and 1 from `hi` on, with a smooth step between."""
    t = np.clip((values - lo) / (hi - lo), 0, 1)
    step: FloatArray = t * t * (3 - 2 * t)
    return step


def wave_noise(places: FloatArray, wavelength: float, seed: int, waves: int = 10) -> FloatArray:
    """Return smooth noise of about unit variance at places (N, 3): a sum of sine waves in random directions."""
    random = np.random.default_rng(seed)
    out = np.zeros(len(places))
    for _ in range(waves):
        direction = random.normal(size=3)
        direction *= 2 * np.pi / wavelength / np.linalg.norm(direction) * random.uniform(0.7, 1.4)
        out += np.sin(places @ direction + random.uniform(0, 7))
    scaled: FloatArray = out * np.sqrt(2 / waves)
    return scaled
