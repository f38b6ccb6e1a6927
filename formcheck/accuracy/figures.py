"""The statistics: shares with their intervals, agreement beyond chance, how far measures are off.

May not know: what is counted or measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: standard deviations on either side of the mean that hold 95 % of a normal distribution
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` out of `n`."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError(f"{self.hits} out of {self.n} is no share")

    @property
    def value(self) -> float | None:
        """The share, 0..1; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % confidence interval (Wilson 1927), which is right for small `n` and near 0 and 1; None of nothing.

        It takes the `n` for independent of each other.
        """
        if self.n == 0:
            return None
        share, z2 = self.hits / self.n, Z95**2
        middle = (share + z2 / (2 * self.n)) / (1 + z2 / self.n)
        half = Z95 / (1 + z2 / self.n) * math.sqrt(share * (1 - share) / self.n + z2 / (4 * self.n**2))
        # none and all are the ends themselves, whatever the rounding
        low = 0.0 if self.hits == 0 else max(middle - half, 0.0)
        return low, 1.0 if self.hits == self.n else min(middle + half, 1.0)


def f1(hit: int, false: int, missed: int) -> float | None:
    """Return the harmonic mean of precision and recall, 0..1; None where nothing was there and nothing was told."""
    told = 2 * hit + false + missed
    return 2 * hit / told if told else None


@dataclass(frozen=True, slots=True)
class Table:
    """How two judges agree on yes or no: `both` yes, `first` only the first, `second` only the second, `neither`."""

    both: int = 0
    first: int = 0
    second: int = 0
    neither: int = 0

    @property
    def n(self) -> int:
        """How many decisions both made."""
        return self.both + self.first + self.second + self.neither

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (1960), -1..1: agreement beyond chance; None where chance alone would agree always."""
        if self.n == 0:
            return None
        yes, other_yes = self.both + self.first, self.both + self.second
        by_chance = yes * other_yes + (self.n - yes) * (self.n - other_yes)
        whole = self.n**2
        if by_chance == whole:
            return None
        return (self.n * (self.both + self.neither) - by_chance) / (whole - by_chance)

    def plus(self, first: bool, second: bool) -> Table:
        """Return the table with one more decision."""
        return Table(
            self.both + (first and second),
            self.first + (first and not second),
            self.second + (second and not first),
            self.neither + (not first and not second),
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """How far estimates are from the truth (Bland & Altman 1986), in the measure's unit, estimate less truth.

    `bias`: the mean difference. `mean_error`: the mean size of the differences. `low` / `high`: the limits of
    agreement, bias -+ 1.96 standard deviations, between which 95 % of differences are expected; `limits_error`: how far
    those limits may themselves be off (95 %). The last three are None of fewer than two.
    """

    n: int
    bias: float
    mean_error: float
    low: float | None
    high: float | None
    limits_error: float | None


def spread(truth: Sequence[float], estimates: Sequence[float]) -> Spread:
    """Return how far the estimates are from the truth, each from its own; ValueError of nothing."""
    off = np.asarray(estimates, np.float64) - np.asarray(truth, np.float64)
    if not len(off):
        raise ValueError("nothing was measured")
    bias, mean_error = float(off.mean()), float(np.abs(off).mean())
    if len(off) < 2:
        return Spread(len(off), bias, mean_error, None, None, None)
    sd = float(off.std(ddof=1))
    return Spread(len(off), bias, mean_error, bias - Z95 * sd, bias + Z95 * sd, Z95 * sd * math.sqrt(3 / len(off)))
