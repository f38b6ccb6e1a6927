"""Which exercise is being done: told from made readings by the lifts themselves, held back while it is not known."""

import pytest
from form_builders import arm, chest, leg, readings

from formcheck.form import exercises
from formcheck.form.recognise import Recogniser

SPINE, LEGS, BOTH = "spine-extension", "leg-raise", "arm-leg-raise"
OVERHEAD, BESIDE = {"reach_cm": (55.0, 7.0)}, {"reach_cm": (-30.0, 7.0)}
LIFT, EVERY_S = (2.0, 1.5, 2.0), 8.0


def cross(side, leg_deg=12.0, arm_deg=18.0):
    """Return the readings on top of a leg's raise with the opposite arm's."""
    return leg(side, leg_deg) | arm("right" if side == "left" else "left", arm_deg, side)


def row(*tops):
    """Return moves that reach these readings, one lift every `EVERY_S` seconds; None for a pause."""
    return [(3.0 + EVERY_S * k, *LIFT, top) for k, top in enumerate(tops) if top is not None]


def number(rep):
    """Return which of a row's lifts a repetition is."""
    return round((rep.start_s - 3.0) / EVERY_S)


def frames(*tops, fps=15.0, **other):
    """Return the readings of these lifts in a row, until after the last."""
    return readings(EVERY_S * len(tops) + 3.0, row(*tops), fps, **(BESIDE | other))


def known(names=None):
    """Return the exercises of these names; all that are shipped without."""
    return exercises.shipped() if names is None else tuple(exercises.load(name) for name in names)


def fresh(names=None):
    """Return what follows these exercises, ready for readings."""
    out = Recogniser(known(names))
    for judge in out.judges:
        judge.rest_is(0.0)
    return out


def fed(recogniser, seen):
    """Return what came out, (after which lift, exercise, which lift), before the end and with it."""
    out = []

    def take(after):
        while (given := recogniser.take()) is not None:
            out.append((after, given[0].name, number(given[1])))

    for frame in seen:
        recogniser.add(frame)
        take(int((frame["leg_raise_deg"].t_s - 3.0) // EVERY_S))
    at_the_end = [("end", exercise.name, number(rep)) for exercise, rep in recogniser.finish()]
    return out + at_the_end


def told(*tops, names=None, **other):
    """Return what came out of these lifts in a row."""
    return fed(fresh(names), frames(*tops, **other))


def test_without_an_exercise_there_is_nothing_to_follow():
    with pytest.raises(ValueError, match="must be an exercise"):
        Recogniser([])


# -- the first lifts -------------------------------------------------------------------------------------------------

#: what is done -> which exercise it is, arms beside the body or overhead
DONE = {
    SPINE: ((chest(7.0), chest(6.0), chest(8.0)), BESIDE),
    LEGS: ((leg("left", 12.0), leg("right", 11.0), leg("left", 13.0)), BESIDE),
    BOTH: ((cross("left"), cross("right"), cross("left")), OVERHEAD),
}


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0])
@pytest.mark.parametrize("name", DONE)
def test_a_clear_lift_decides_at_once(name, fps):
    tops, arms = DONE[name]
    assert told(*tops, fps=fps, **arms) == [(k, name, k) for k in range(3)]


@pytest.mark.parametrize("name", DONE)
def test_one_exercise_alone_is_not_doubted(name):
    tops, arms = DONE[name]
    recogniser = fresh([name])
    assert recogniser.exercise.name == name
    assert fed(recogniser, frames(*tops, **arms)) == [(k, name, k) for k in range(3)]


@pytest.mark.parametrize("asked", [SPINE, LEGS, BOTH])
@pytest.mark.parametrize("done", DONE)
def test_one_exercise_alone_sees_only_its_own_lifts(asked, done):
    tops, arms = DONE[done]
    out = told(*tops, names=[asked], **arms)
    mine = exercises.load(asked).lifting.measure == exercises.load(done).lifting.measure
    assert out == ([(k, asked, k) for k in range(3)] if mine else [])


def test_in_which_order_the_exercises_are_given_does_not_matter():
    for names in ((BOTH, LEGS, SPINE), (SPINE, BOTH, LEGS)):
        for done, (tops, arms) in DONE.items():
            assert told(*tops, names=names, **arms) == [(k, done, k) for k in range(3)]


@pytest.mark.parametrize("names", [(BOTH, LEGS, SPINE), (LEGS, SPINE, BOTH)])
def test_arms_that_cannot_be_seen_leave_the_plainest_exercise_after_a_doubt(names):
    tops = (leg("left", 12.0), leg("right", 12.0), leg("left", 12.0))
    hands, arms = {"reach_cm": "the hands are not seen"}, {"arm_raise_deg": "the arms are not seen", **OVERHEAD}
    assert told(*tops, names=names, **hands) == [(1, LEGS, 0), (1, LEGS, 1), (2, LEGS, 2)]
    # arms that lie ready are waited for a little longer
    assert told(*tops, names=names, **arms) == [(2, LEGS, 0), (2, LEGS, 1), (2, LEGS, 2)]


def test_arms_that_lie_ready_and_rise_at_the_third_lift_tell_what_all_three_were():
    tops = (leg("left", 12.0), leg("right", 12.0), cross("left"))
    assert told(*tops, **OVERHEAD) == [(2, BOTH, 0), (2, BOTH, 1), (2, BOTH, 2)]


def test_an_arm_that_was_clearly_raised_lay_ready_wherever_the_hands_seemed_to_lie():
    for reach in ("the hands are not seen", (33.0, 8.0)):
        assert told(cross("left"), cross("right"), reach_cm=reach) == [(0, BOTH, 0), (1, BOTH, 1)]


#: a first lift that leaves a doubt, a second one -> the exercise
UNCLEAR = {
    "a low leg, then a clear one": (leg("left", 3.0), leg("right", 12.0), BESIDE, LEGS),
    "leg and chest, then a leg": (leg("left", 8.0) | chest(4.0), leg("right", 8.0), BESIDE, LEGS),
    "chest and legs, then the chest": (chest(7.0) | leg("left", 8.0), chest(7.0), BESIDE, SPINE),
    "no arm, then one": (leg("left", 12.0), cross("right"), OVERHEAD, BOTH),
    "an arm, then none": (cross("left"), leg("right", 12.0), OVERHEAD, BOTH),
}


@pytest.mark.parametrize("what", UNCLEAR)
def test_a_doubt_is_settled_by_the_second_lift_and_both_come_out_in_order(what):
    first, second, arms, name = UNCLEAR[what]
    at_once = what == "an arm, then none"
    out = told(first, second, **arms)
    assert out == [(0 if at_once else 1, name, 0), (1, name, 1)]


def test_while_it_is_not_known_nothing_is_the_exercise():
    recogniser = fresh()
    seen = frames(leg("left", 12.0), leg("right", 12.0), leg("left", 12.0), **OVERHEAD)
    names = []
    for frame in seen:
        recogniser.add(frame)
        names.append(recogniser.exercise and recogniser.exercise.name)
    first_end = next(k for k, f in enumerate(seen) if f["leg_raise_deg"].t_s > 10.5)
    assert names[first_end] is None
    assert names[-1] == LEGS


@pytest.mark.parametrize(
    ("top", "arms", "name"),
    [
        (leg("left", 12.0), OVERHEAD, LEGS),
        (leg("left", 3.0), BESIDE, LEGS),
        (chest(1.8), BESIDE, SPINE),
        (leg("left", 8.0) | chest(4.0), BESIDE, LEGS),
        (chest(4.0) | leg("left", 4.5), BESIDE, SPINE),
    ],
)
def test_a_single_undecided_lift_comes_out_at_the_end(top, arms, name):
    assert told(top, **arms) == [("end", name, 0)]
    recogniser = fresh()
    fed(recogniser, frames(top, **arms))
    assert recogniser.exercise.name == name
    assert list(recogniser.finish()) == [], "only once"


def test_attempts_too_low_to_count_decide_nothing_before_the_end():
    low = leg("left", 3.0)
    assert told(low, low, low) == [("end", LEGS, k) for k in range(3)]
    # below half of what counts a leg has only been moved
    assert told(leg("left", 1.8), leg("left", 1.8)) == []
    # they come out in their places once it is known, those of another exercise not at all
    assert told(low, chest(1.8), low, leg("right", 12.0)) == [(3, LEGS, 0), (3, LEGS, 2), (3, LEGS, 3)]


def test_at_rest_nothing_comes_and_nothing_is_decided():
    recogniser = fresh()
    assert fed(recogniser, frames(None, None)) == []
    assert recogniser.exercise is None
    assert recogniser.shown() is None
    assert not recogniser.up


def test_a_lift_still_up_at_the_end_is_none():
    seen = readings(5.5, row(leg("left", 12.0)), **BESIDE)
    recogniser = fresh()
    assert fed(recogniser, seen) == []
    assert recogniser.up


# -- what else moves along -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "feet", [leg("left", 8.0), leg("left", 18.0), leg("right", 12.0) | {"other_leg_lift_deg": 12.0}]
)
def test_feet_raised_with_the_chest_are_a_fault_of_the_chests_lift(feet):
    both = chest(9.0) | feet | {"foot_rise_cm": 15.0}
    assert told(chest(9.0), both, both, chest(8.0)) == [(k, SPINE, k) for k in range(4)]


def test_a_head_and_chest_raised_a_little_with_the_leg_are_no_lift_of_the_chest():
    top = leg("left", 14.0) | chest(4.0) | {"head_rise_cm": 7.0}
    assert told(leg("right", 12.0), top, top, leg("left", 12.0)) == [(k, LEGS, k) for k in range(4)]


def test_a_leg_that_comes_down_later_than_the_chest_belongs_to_the_same_lift():
    # noticed apart, ended apart: still one movement
    moves = [(3.0, *LIFT, chest(9.0)), (3.5, 2.0, 2.5, 2.0, leg("left", 8.0)), (12.0, *LIFT, chest(9.0))]
    recogniser = fresh()
    out = []
    for frame in readings(20.0, moves, **BESIDE):
        recogniser.add(frame)
        while (given := recogniser.take()) is not None:
            out.append((given[0].name, round(given[1].start_s)))
    assert out == [(SPINE, 3), (SPINE, 12)]


def test_a_leg_that_is_still_up_when_the_known_exercises_lift_has_ended_is_no_lift_of_its_own():
    moves = [(3.0, *LIFT, chest(9.0)), (11.0, *LIFT, chest(9.0)), (11.5, 2.0, 5.0, 2.0, leg("left", 8.0))]
    recogniser = fresh()
    assert [(name, k) for _, name, k in fed(recogniser, readings(23.0, moves, **BESIDE))] == [(SPINE, 0), (SPINE, 1)]
    assert recogniser.left_out_s == []


# -- sets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arm_deg", [0.0, 1.0])
def test_an_arm_left_out_is_a_fault_and_no_other_exercise(arm_deg):
    bare = cross("right", arm_deg=arm_deg)
    recogniser = fresh()
    out, faults = [], []
    for frame in frames(cross("left"), bare, bare, bare, cross("left"), **OVERHEAD):
        recogniser.add(frame)
        while (given := recogniser.take()) is not None:
            out.append(given[0].name)
            faults.append(given[1].faults)
    assert out == [BOTH] * 5
    assert faults == [(), ("no_arm",), ("no_arm",), ("no_arm",), ()]


def test_arms_that_no_longer_lie_overhead_make_it_the_plain_leg_raise():
    tops = (cross("left"), cross("right"), leg("left", 12.0), leg("right", 12.0), leg("left", 12.0))
    laid_down = {"reach_cm": lambda t: (55.0, 7.0) if t < 3.0 + 1.9 * EVERY_S else (-30.0, 7.0)}
    out = told(*tops, **laid_down)
    # the first of them may be an oddity; the second shows that it was not
    assert out == [(0, BOTH, 0), (1, BOTH, 1), (3, LEGS, 2), (3, LEGS, 3), (4, LEGS, 4)]


def test_arms_raised_later_make_it_arm_and_leg():
    tops = (leg("left", 12.0), leg("right", 12.0), cross("left"), cross("right"))
    raised = {"reach_cm": lambda t: (-30.0, 7.0) if t < 3.0 + 1.9 * EVERY_S else (55.0, 7.0)}
    assert told(*tops, **raised) == [(0, LEGS, 0), (1, LEGS, 1), (3, BOTH, 2), (3, BOTH, 3)]


@pytest.mark.parametrize(
    ("first", "then"), [(SPINE, LEGS), (LEGS, SPINE), (SPINE, BOTH), (BOTH, SPINE)], ids=lambda name: name
)
def test_two_lifts_of_another_exercise_in_a_row_change_it(first, then):
    (a, _, b), (c, d, _) = DONE[first][0], DONE[then][0]
    arms = OVERHEAD if BOTH in (first, then) else BESIDE
    assert told(a, b, c, d, c, **arms) == [
        (0, first, 0), (1, first, 1), (3, then, 2), (3, then, 3), (4, then, 4)
    ]  # fmt: skip


def test_one_foreign_lift_changes_nothing_and_is_left_out():
    tops = (chest(7.0), chest(7.0), leg("left", 12.0), chest(7.0), leg("right", 12.0), chest(7.0))
    assert told(*tops) == [(k, SPINE, k) for k in (0, 1, 3, 5)]


def left_out(*tops, **other):
    """Return which lifts are told to have been left out."""
    recogniser = fresh()
    fed(recogniser, frames(*tops, **other))
    return [round((at_s - 3.0) / EVERY_S) for at_s in recogniser.left_out_s]


def test_one_foreign_lift_at_the_end_is_left_out():
    assert told(chest(7.0), leg("left", 12.0)) == [(0, SPINE, 0)]


def test_what_is_left_out_is_told_when_it_was_high_enough_to_count():
    foreign, twitch = leg("left", 12.0), leg("left", 3.0)
    assert left_out(chest(7.0), foreign, chest(7.0), foreign) == [1, 3]
    assert left_out(chest(7.0), twitch, chest(7.0)) == []
    assert left_out(chest(7.0), foreign, foreign) == [], "the second of them has changed the exercise"
    assert left_out(chest(7.0), leg("left", 14.0) | chest(3.0), chest(7.0)) == []


def test_a_low_attempt_in_between_does_not_keep_a_change_from_being_seen():
    tops = (chest(7.0), leg("left", 12.0), leg("right", 3.0), leg("left", 12.0))
    assert told(*tops) == [(0, SPINE, 0), (3, LEGS, 1), (3, LEGS, 2), (3, LEGS, 3)]


def test_a_foreign_lift_with_a_little_of_its_own_is_kept_in_its_place():
    odd = leg("left", 14.0) | chest(3.0)
    out = told(chest(7.0), odd, chest(7.0))
    assert out == [(0, SPINE, 0), (2, SPINE, 1), (2, SPINE, 2)]


def test_a_low_attempt_of_another_exercise_speaks_for_no_change():
    twitch = leg("left", 3.0)
    assert told(chest(7.0), twitch, twitch, twitch, chest(7.0)) == [(0, SPINE, 0), (4, SPINE, 4)]


def test_low_attempts_of_the_exercise_itself_are_given_out():
    assert told(chest(7.0), chest(1.8), chest(7.0)) == [(k, SPINE, k) for k in range(3)]


# -- while a lift lasts ----------------------------------------------------------------------------------------------


def test_whose_lift_is_shown_and_may_be_spoken_of():
    recogniser = fresh()
    seen = {}
    for frame in frames(chest(7.0) | leg("left", 3.5), chest(7.0), **BESIDE):
        recogniser.add(frame)
        shown = recogniser.shown()
        seen[round(frame["leg_raise_deg"].t_s, 2)] = (
            shown and shown.exercise.name,
            [j.exercise.name for j in recogniser.judges if j.up and recogniser.speaks(j)],
        )
    assert seen[1.0] == (None, [])
    assert seen[6.0] == (SPINE, [SPINE])
    assert seen[10.0] == (SPINE, []), "shown from the first lift on"
    assert seen[14.0] == (SPINE, [SPINE])


def test_two_lifts_alike_in_height_are_not_spoken_of_before_it_is_known():
    recogniser = fresh()
    for frame in readings(6.0, row(chest(5.0) | leg("left", 8.0)), **BESIDE):
        recogniser.add(frame)
    assert recogniser.up
    assert not any(recogniser.speaks(judge) for judge in recogniser.judges)


def test_what_has_ended_when_the_rest_is_lost_is_kept_though_another_limb_is_still_up():
    moves = [(3.0, *LIFT, chest(9.0)), (3.5, 2.0, 9.0, 2.0, leg("left", 25.0))]
    recogniser = fresh()
    for frame in readings(11.0, moves, **BESIDE):
        recogniser.add(frame)
    assert recogniser.up
    assert recogniser.take() is None
    recogniser.reset()
    assert [(exercise.name, round(rep.start_s)) for exercise, rep in recogniser.finish()] == [(SPINE, 3)]


def test_a_lost_rest_gives_up_what_is_under_way_and_keeps_what_was_held_back():
    recogniser = fresh()
    first = frames(leg("left", 12.0), **OVERHEAD)
    out = []
    for frame in first[: round(15 * 9.9)]:
        recogniser.add(frame)
    assert recogniser.take() is None
    for frame in frames(leg("left", 12.0), leg("right", 12.0), leg("left", 12.0), leg("right", 12.0), **OVERHEAD):
        t_s = frame["leg_raise_deg"].t_s
        if t_s < 10.0:
            continue
        if round(t_s, 2) == 14.0:
            assert recogniser.up
            recogniser.reset()
            assert not recogniser.up
        # the rest of that lift is not noticed: the new rest is what it is now
        still = readings(0.0, [], **OVERHEAD)[0]
        if 14.0 <= t_s < 18.0:
            frame = {name: type(r)(name, t_s, r.value, r.unit, r.error) for name, r in still.items()}
        recogniser.add(frame)
        while (given := recogniser.take()) is not None:
            out.append((given[0].name, number(given[1])))
    assert out == [(LEGS, 0), (LEGS, 2), (LEGS, 3)]
