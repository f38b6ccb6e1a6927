"""Who is whom: one to one, by time like the independent yardstick, by order where there are no times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formcheck.accuracy.labels import TrueRep
from formcheck.accuracy.matching import LEAST_OVERLAP, FoundRep, found_in, overlap, pairs

spans = st.tuples(st.floats(0.0, 100.0), st.floats(0.1, 10.0)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def true(number, span_s=None, faults=()):
    return TrueRep(number, tuple(faults), span_s=span_s)


def found(span_s, counted=True):
    return FoundRep(span_s, counted, None, "spine-extension", (), {}, {})


def in_order(true_counted, found_counted):
    """Return which of the found each true one is, of repetitions (True) and attempts (False) without times."""
    labels = [true(n, faults=() if counts else ["too_low"]) for n, counts in enumerate(true_counted, 1)]
    others = [found((10.0 * n, 10.0 * n + 5), counted) for n, counted in enumerate(found_counted)]
    return [others.index(pair.found) if pair.found else None for pair in pairs(labels, others) if pair.true]


@given(spans, spans)
def test_overlap_is_symmetric_and_1_only_with_itself(one, other):
    assert overlap(one, other) == overlap(other, one)
    assert 0.0 <= overlap(one, other) <= 1.0
    assert overlap(one, one) == 1.0
    assert overlap((0.0, 4.0), (2.0, 6.0)) == 2 / 6
    assert overlap((0.0, 1.0), (1.0, 2.0)) == 0.0


@given(st.lists(spans, max_size=8), st.lists(spans, max_size=8), st.booleans())
def test_every_repetition_of_both_is_in_one_pair(true_spans, found_spans, timed):
    labels = [true(n, span if timed else None) for n, span in enumerate(true_spans, 1)]
    others = [found(span) for span in found_spans]
    made = pairs(labels, others)
    assert [pair.true for pair in made if pair.true] == labels
    assert sorted(id(pair.found) for pair in made if pair.found) == sorted(map(id, others))
    for pair in made:
        assert pair.true or pair.found
        if timed and pair.true and pair.found:
            assert overlap(pair.true.span_s, pair.found.span_s) >= LEAST_OVERLAP


@given(st.lists(spans, min_size=1, max_size=8), st.floats(-0.02, 0.02))
def test_what_was_found_a_little_late_is_paired_with_itself(true_spans, late_s):
    # apart from each other, as repetitions are
    apart = [(20.0 * n, 20.0 * n + end - start) for n, (start, end) in enumerate(true_spans)]
    others = [found((start + late_s, end + late_s)) for start, end in apart]
    made = pairs([true(n, span) for n, span in enumerate(apart, 1)], list(reversed(others)))
    assert [pair.found for pair in made] == others


def test_the_better_overlap_goes_first():
    # both share enough with what was found
    made = pairs([true(1, (0.0, 12.0)), true(2, (8.0, 18.0)), true(3, (13.0, 25.0))], [found((7.0, 18.0))])
    assert [pair.found is not None for pair in made] == [False, True, False]


def test_too_little_overlap_is_none():
    made = pairs([true(1, (0.0, 10.0))], [found((8.5, 20.0))])
    assert [(pair.true is None, pair.found is None) for pair in made] == [(False, True), (True, False)]


@given(st.lists(st.booleans(), max_size=12))
def test_by_order_the_same_sequences_are_paired_one_by_one(counted):
    assert in_order(counted, counted) == list(range(len(counted)))


def test_by_order_an_attempt_that_was_not_seen_does_not_shift_the_rest():
    assert in_order([False, True, True, False, True], [True, True, False, True]) == [None, 0, 1, 2, 3]


def test_by_order_a_repetition_taken_for_an_attempt_is_still_that_repetition():
    assert in_order([True, True, True], [True, False, True]) == [0, 1, 2]


def test_by_order_the_last_are_left_when_the_numbers_differ():
    assert in_order([True, True, True], [True, True]) == [0, 1, None]
    assert in_order([True], [True, True]) == [0]


def test_the_repetitions_of_a_session_are_those_of_all_its_sets_in_order_of_time():
    def rep(start_s, **more):
        return {
            "start_s": start_s, "end_s": start_s + 3, "counted": True, "side": None, "faults": ["too_high"],
            "verdicts": {"tempo": "ok"}, "lift_s": 1.2, "hold_s": None, "unheard_of": 3.0, **more,
        }  # fmt: skip

    one = {"exercise": "leg-raise", "reps": [rep(20.0, side="left")]}
    session = {"exercise": "spine-extension", "reps": [rep(0.0), rep(10.0, counted=False)], "further_sets": [one]}
    reps = found_in(session)
    assert [rep.span_s[0] for rep in reps] == [0.0, 10.0, 20.0]
    assert [rep.exercise for rep in reps] == ["spine-extension", "spine-extension", "leg-raise"]
    assert [rep.counted for rep in reps] == [True, False, True]
    assert (reps[2].side, reps[2].faults, dict(reps[2].values)) == ("left", ("too_high",), {"lift_s": 1.2})
