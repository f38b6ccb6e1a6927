"""What a cheap webcam adds to a picture: a little softness, noise, and an exposure that drifts.

May not know: scenes, scripts, video files.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.types import ImageArray
from sample_clips.clipmaker.spec import Webcam

#: fast and slow swing of the exposure: angular speed per second, and share of the drift
DRIFTS = ((0.31, 0.6), (1.7, 0.4))
#: colour noise is coarser than brightness noise and weaker
COLOUR_SHARE = 0.7


class Sensor:
    """One clip's sensor. Its noise is one stream of random numbers, so frames are to be asked for in order."""

    def __init__(self, webcam: Webcam, seed: int) -> None:
        self._webcam = webcam
        self._random = np.random.default_rng(seed)
        self._starts = self._random.uniform(0, 7, 2)

    def seen(self, image: NDArray[np.float32], t_s: float) -> ImageArray:
        """Return what the sensor makes of a picture (height, width, 3), 0..255, at that time."""
        webcam = self._webcam
        if webcam.blur_px:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), webcam.blur_px))
        height, width = image.shape[:2]
        fine = self._random.normal(0, webcam.noise, (height, width, 1)).astype(np.float32)
        coarse = self._random.normal(0, webcam.noise * COLOUR_SHARE, (height // 2, width // 2, 3)).astype(np.float32)
        swing = sum(
            share * math.sin(speed * t_s + start)
            for (speed, share), start in zip(DRIFTS, self._starts, strict=True)
        )
        gain = webcam.gain * (1 + webcam.drift * swing)
        noise = fine + cv2.resize(coarse, (width, height))
        out: ImageArray = np.clip(image * gain + noise, 0, 255).astype(np.uint8)
        return out
