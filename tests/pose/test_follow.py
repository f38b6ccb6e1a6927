"""Whom to follow of several, and when to look for several."""

from __future__ import annotations

import math

import numpy as np
import pytest

from formcheck.landmarks import ANKLES, HIPS, SHOULDERS
from formcheck.pose import follow
from formcheck.pose.follow import ALONE_AFTER_S, CROWD_AFTER_S, Crowd


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


def test_the_lying_before_the_upright():
    upright, lying = somebody(88, 900), somebody(4, 200)
    for people, mine in (([upright, lying], 1), ([lying, upright], 0), ([upright, upright, lying], 2)):
        assert follow.choose(people, None) == mine
        assert follow.choose(people, upright) == mine, "even where the upright one was followed before"


def test_of_several_lying_the_one_followed_before():
    near, far = somebody(3, 200, (150, 300)), somebody(-3, 400, (500, 300))
    for people in ([near, far], [far, near]):
        assert people[follow.choose(people, near + 5)] is near
        assert people[follow.choose(people, far - 5)] is far
        assert people[follow.choose(people, None)] is far, "at first the longest"


def test_of_upright_ones_the_least_so():
    assert follow.choose([somebody(89), somebody(60), somebody(80)], None) == 1


def test_somebody_without_points_is_never_preferred():
    nobody = np.full((33, 2), np.nan)
    assert follow.choose([nobody, somebody(80)], None) == 1
    assert follow.choose([nobody, somebody(3)], somebody(3)) == 1
    assert follow.choose([nobody], None) == 0


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


def a_crowd() -> Crowd:
    crowd = Crowd()
    states(crowd, [(0.0, 1, False), (1.0, 1, False)])
    assert crowd.several
    return crowd


def test_goes_back_to_one_when_the_lying_one_has_been_alone_for_long():
    notes = [(2.0 + t, 1, True) for t in range(int(ALONE_AFTER_S) + 2)]
    assert states(a_crowd(), notes) == [t < ALONE_AFTER_S for t in range(int(ALONE_AFTER_S) + 2)]


@pytest.mark.parametrize("between", [(2, True), (1, False), (0, False)], ids=["another", "upright", "nobody"])
def test_the_wait_begins_anew_when(between):
    crowd = a_crowd()
    last = 2.0 + ALONE_AFTER_S - 0.5
    states(crowd, [(2.0, 1, True), (last, *between)])
    assert states(crowd, [(last + 0.1, 1, True), (last + ALONE_AFTER_S, 1, True)]) == [True, True]
    assert states(crowd, [(last + 0.1 + ALONE_AFTER_S, 1, True)]) == [False]


def test_several_are_looked_for_again_after_going_back():
    crowd = a_crowd()
    states(crowd, [(2.0, 1, True), (2.0 + ALONE_AFTER_S, 1, True)])
    assert not crowd.several
    later = 3.0 + ALONE_AFTER_S
    assert states(crowd, [(later, 1, True), (later + 0.1, 1, False), (later + 0.5, 1, False)]) == [False, False, True]
