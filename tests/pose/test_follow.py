"""Whom to follow of several, and when to look for several."""

from __future__ import annotations

import math

import numpy as np
import pytest

from formcheck.landmarks import ANKLES, HIPS, SHOULDERS
from formcheck.pose import follow
from formcheck.pose.follow import CROWD_AFTER_S, Crowd, without


def somebody(steep_deg: float, length: float = 300.0, at: tuple[float, float] = (300.0, 200.0)) -> np.ndarray:
    """Return (33, 2): a straight body about `at`, feet first, rising by `steep_deg` in the picture."""
    way = np.array([math.cos(math.radians(steep_deg)), -math.sin(math.radians(steep_deg))])
    along = np.linspace(0.2, 0.8, 33)
    for pair, share in ((ANKLES, 0.0), (HIPS, 0.5), (SHOULDERS, 0.8)):
        along[list(pair)] = share
    return np.array(at) + (along - 0.5)[:, None] * length * way


@pytest.mark.parametrize(
    ("turn_deg", "steep_deg"),
    [(0, 0), (30, 30), (-30, 30), (90, 90), (-90, 90), (150, 30), (180, 0), (210, 30)],
)
def test_steepness_knows_no_side(turn_deg, steep_deg):
    assert follow.steepness_deg(somebody(turn_deg)) == pytest.approx(steep_deg, abs=1e-6)


def test_the_steeper_of_trunk_and_body_counts():
    sitting = somebody(0)
    sitting[list(SHOULDERS)] = sitting[list(HIPS)] + [0, -100]  # legs along the floor, trunk upright
    assert follow.steepness_deg(sitting) == pytest.approx(90)
    bent_over = somebody(90)
    bent_over[list(SHOULDERS)] = bent_over[list(HIPS)] + [100, 0]  # legs upright, trunk flat
    assert follow.steepness_deg(bent_over) > follow.LYING_DEG


def test_a_missing_person_has_no_steepness():
    assert math.isnan(follow.steepness_deg(np.full((33, 2), np.nan)))


def states(crowd: Crowd, notes: list[tuple[float, int, bool]]) -> list[bool]:
    """Feed (time, people, lying) one by one; return after each whether several are looked for."""
    out = []
    for t_s, people, lying in notes:
        crowd.note(t_s, people, lying)
        out.append(crowd.several)
    return out


def test_looks_for_one_while_that_one_lies():
    assert not any(states(Crowd(), [(t / 10, 1, True) for t in range(300)]))


def test_looks_for_several_once_the_one_has_been_upright_for_a_while():
    times = [2.0 + 0.1 * step for step in range(5)]
    notes = [(0.0, 1, True), (1.9, 1, True), *((t_s, 1, False) for t_s in times)]
    assert states(Crowd(), notes)[2:] == [t_s - 1.9 >= CROWD_AFTER_S for t_s in times]


def test_upright_from_the_first_frame_on():
    crowd = Crowd()
    assert states(crowd, [(5.0, 1, False), (5.0 + 0.9 * CROWD_AFTER_S, 1, False)]) == [False, False]
    assert states(crowd, [(5.0 + 1.1 * CROWD_AFTER_S, 1, False)]) == [True]


def test_one_upright_frame_is_no_crowd():
    notes = [(t / 10, 1, t % 3 != 0) for t in range(60)]
    assert not any(states(Crowd(), notes))


def test_nobody_is_no_crowd():
    assert not any(states(Crowd(), [(t / 10, 0, False) for t in range(100)]))


def test_a_search_is_not_given_up():
    crowd = Crowd()
    states(crowd, [(0.0, 1, False), (1.0, 1, False)])
    assert states(crowd, [(2.0 + t, 1, True) for t in range(20)]) == [True] * 20


def test_people_are_painted_over_and_nothing_else():
    image = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    person = np.random.default_rng(2).uniform([20, 10], [40, 50], (33, 2))
    out = without(image, [person])
    x, y = person.round().astype(int).T
    assert len(np.unique(out[y, x], axis=0)) == 1, "one colour where the person was"
    assert (out[:, 50:] == image[:, 50:]).all()
    assert (out[:, :12] == image[:, :12]).all()
    assert (without(image, [person - [200, 0]]) == image).all(), "somebody outside of the picture changes nothing"
