"""All exercises at once on recorded poses: leg raises against their exact truth, spine lifts, rest, real people.

The raises with bodies, arms and cameras of their own were recorded from clips that are not shipped; `tests/recorded`
holds their truth. A check that says UNSURE is not counted wrong, nor is a side that is not told; a wrong one is.
"""

import dataclasses

import pytest
from form_builders import mirrored, swapped, truth
from record_poses import alone, judged, of_all, recorded

from formcheck.form import exercises
from formcheck.types import Verdict

LEGS = ["lr_faults", "lr_low_overarch", "alr_faults", "alr_knee_both"]
SPINE = "spine-extension"
OTHER = {"left": "right", "right": "left", None: None}


def until(name, reps):
    """Return the recording's poses until this many repetitions are down."""
    end_s = truth(name)["reps"][reps - 1]["end_s"] + 1.5
    return [pose for pose in recorded(name) if pose.t_s < end_s]


def matched(judge, name):
    """Return (repetition, the clip's) for each, having checked that it is one set of the clip's exercise and count."""
    true = truth(name)
    (only,) = judge.sets
    assert only.exercise.name == true["exercise"].replace("_", "-")
    assert len(only.reps) == len(true["reps"])
    for rep, real in zip(only.reps, true["reps"], strict=True):
        assert real["start_s"] < rep.peak_s < real["end_s"]
        assert rep.counted is ("too_low" not in real["faults"])
    return list(zip(only.reps, true["reps"], strict=True))


@pytest.mark.parametrize("name", LEGS)
def test_exercise_count_sides_and_faults_are_the_clips(name):
    checks = {rule.fault: rule.check for rule in of_all(name).exercise.rules}
    for rep, real in matched(of_all(name), name):
        assert rep.side in (real["side"], None)
        assert (rep.verdicts.get("side") is Verdict.UNSURE) is (rep.side is None)
        assert set(rep.faults) <= set(real["faults"])
        for fault in set(real["faults"]) - set(rep.faults):
            assert rep.verdicts[checks[fault]] is Verdict.UNSURE, fault


def test_the_thigh_rises_as_far_as_the_clips():
    off = [
        rep.values["thigh_lift_deg"] - real["thigh_lift_deg"]
        for name in LEGS
        for rep, real in matched(of_all(name), name)
    ]
    # a near leg may read up to 4 deg high
    assert -2.0 < min(off) < max(off) < 4.2
    assert sum(off) / len(off) < 1.5


@pytest.mark.parametrize("name", LEGS)
def test_a_rest_is_found_and_the_near_side_is_the_heads(name):
    judge = of_all(name)
    assert judge.first_rest.t_s < 3.6
    assert judge.first_rest.near_side == judge.first_rest.head_side == truth(name)["head_side"]
    assert (judge.first_rest.arms is not None) is (truth(name)["arms"] == "overhead")
    assert judge.problems == ()


def test_most_sides_and_faults_are_told_not_doubted():
    pairs = [pair for name in LEGS for pair in matched(of_all(name), name)]
    assert sum(rep.side is not None for rep, _ in pairs) >= 0.75 * len(pairs)
    real = [(rep, fault) for rep, clip in pairs for fault in clip["faults"]]
    assert sum(fault in rep.faults for rep, fault in real) >= 0.75 * len(real)
    verdicts = [v for rep, _ in pairs for v in rep.verdicts.values()]
    assert verdicts.count(Verdict.UNSURE) <= 0.15 * len(verdicts)


@pytest.mark.parametrize("name", ["lr_faults", "alr_faults"])
def test_every_fault_of_these_clips_is_told(name):
    assert [set(rep.faults) for rep, _ in matched(of_all(name), name)] == [
        set(real["faults"]) for real in truth(name)["reps"]
    ]


@pytest.mark.parametrize("name", ["lr_faults", "alr_faults"])
def test_the_tempo_told_is_the_clips(name):
    for rep, real in matched(of_all(name), name):
        for phase in ("lift_s", "lower_s"):
            assert getattr(rep, phase) == pytest.approx(real[phase], rel=0.4)


@pytest.mark.parametrize(("name", "change", "flips"), [("lr_faults", mirrored, True), ("alr_faults", swapped, False)])
def test_the_mirror_exchanges_the_sides_and_the_finders_exchange_does_not(name, change, flips):
    judge, plain = judged([change(pose) for pose in until(name, 3)], exercises.names()), of_all(name).reps[:3]
    wanted = [(OTHER[rep.side] if flips else rep.side, rep.faults, rep.counted) for rep in plain]
    assert [(rep.side, rep.faults, rep.counted) for rep in judge.reps] == wanted
    for rep, other in zip(judge.reps, plain, strict=True):
        assert (rep.start_s, rep.end_s) == pytest.approx((other.start_s, other.end_s), abs=0.01)


@pytest.mark.parametrize("name", ["se_mixed", "se_hinge", "se_chin", "se_low_fast"])
def test_lifts_of_the_chest_are_judged_as_if_nothing_else_were_known(name):
    # two repetitions are enough: from then on it is known
    judge = judged(until(name, 2), exercises.names())
    (only,) = judge.sets
    assert only.exercise.name == SPINE
    assert len(only.reps) >= 1
    assert told(only.reps) == told(alone(name).reps)[: len(only.reps)]
    assert [rep.end_s < truth(name)["reps"][1]["end_s"] + 1.0 for rep in alone(name).reps].count(True) == len(only.reps)


def told(reps):
    """Return what is told of repetitions."""
    return [(r.index, r.side, r.counted, r.faults, r.verdicts, round(r.start_s, 2), round(r.end_s, 2)) for r in reps]


@pytest.mark.parametrize("name", ["rest_only", "empty_room", "real/cobra", "real/prone_prop_then_plank"])
def test_where_nothing_is_done_nothing_is_told(name):
    judge = of_all(name)
    assert [(one.exercise, one.reps) for one in judge.sets] == [(None, [])]


def test_one_exercise_after_another_makes_two_sets():
    spine, legs = until("se_mixed", 2), until("lr_faults", 3)
    later_s = spine[-1].t_s + 0.1
    judge = judged([*spine, *(dataclasses.replace(p, t_s=p.t_s + later_s) for p in legs)], exercises.names())
    assert [one.exercise.name for one in judge.sets] == [SPINE, "leg-raise"]
    first, second = judge.sets
    assert told(first.reps) == told(alone("se_mixed").reps)[:2]
    assert [(rep.index, rep.side, rep.faults) for rep in second.reps] == [
        (rep.index, rep.side, rep.faults) for rep in of_all("lr_faults").reps[:3]
    ]
    assert (judge.exercise.name, judge.counted) == ("leg-raise", 3)
    for rep, real in zip(second.reps, truth("lr_faults")["reps"], strict=False):
        assert real["start_s"] < rep.peak_s - later_s < real["end_s"]
