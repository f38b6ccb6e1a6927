"""The statistics: built from a known answer and read back, and against figures worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.accuracy.figures import Share, Table, f1, spread

counts = st.integers(0, 300)
tables = st.builds(Table, counts, counts, counts, counts)
shares = st.tuples(counts, counts).map(lambda pair: Share(min(pair), max(pair)))
numbers = st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(15, 15, 0.7961, 1.0), (0, 15, 0.0, 0.2039), (1, 10, 0.0179, 0.4042), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_is_the_published_one(hits, n, low, high):
    # 81 of 263 is the example of Newcombe (1998), table I, method 3
    assert Share(hits, n).interval == pytest.approx((low, high), abs=5e-5)


@given(shares)
def test_an_interval_holds_its_share_and_stays_within_0_and_1(share):
    if share.n == 0:
        assert (share.value, share.interval) == (None, None)
        return
    low, high = share.interval
    assert 0.0 <= low <= share.value <= high <= 1.0
    assert low < high


@given(shares.filter(lambda share: share.n > 0))
def test_the_interval_of_the_others_is_the_mirror_image_and_more_cases_narrow_it(share):
    low, high = share.interval
    assert Share(share.n - share.hits, share.n).interval == pytest.approx((1 - high, 1 - low))
    more_low, more_high = Share(10 * share.hits, 10 * share.n).interval
    assert more_high - more_low < high - low


def test_more_hits_than_cases_are_no_share():
    with pytest.raises(ValueError, match="3 out of 2"):
        Share(3, 2)


@given(counts, counts, counts)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(hit, false, missed):
    told = f1(hit, false, missed)
    if hit == false == missed == 0:
        assert told is None
    elif hit == 0:
        assert told == 0.0
    else:
        precision, recall = hit / (hit + false), hit / (hit + missed)
        assert told == pytest.approx(2 / (1 / precision + 1 / recall))


def test_kappa_is_that_of_a_table_made_by_hand():
    # 50 decisions, 20 + 15 the same: observed 0.70; chance 0.5 * 0.6 + 0.5 * 0.4 = 0.50
    assert Table(both=20, first=5, second=10, neither=15).kappa == pytest.approx(0.40)


@given(tables)
def test_kappa_is_what_its_definition_says(table):
    if table.n == 0:
        assert table.kappa is None
        return
    observed = (table.both + table.neither) / table.n
    one, other = (table.both + table.first) / table.n, (table.both + table.second) / table.n
    chance = one * other + (1 - one) * (1 - other)
    if (one, other) in ((0, 0), (1, 1)):
        assert table.kappa is None
    else:
        assert table.kappa == pytest.approx((observed - chance) / (1 - chance))
        assert -1.0 <= table.kappa <= 1.0


@given(st.integers(1, 300), st.integers(1, 300))
def test_who_always_agree_have_kappa_1_and_who_always_differ_none_above_0(yes, no):
    assert Table(both=yes, neither=no).kappa == 1.0
    assert Table(first=yes, second=no).kappa < 0.0


@given(tables)
def test_kappa_does_not_ask_who_is_first_or_what_is_called_yes(table):
    swapped = Table(table.both, table.second, table.first, table.neither)
    turned = Table(table.neither, table.second, table.first, table.both)
    assert swapped.kappa == table.kappa == turned.kappa


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_a_table_holds_every_decision_once(decisions):
    table = Table()
    for first, second in decisions:
        table = table.plus(first, second)
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    assert table == Table(*map(decisions.count, kinds))
    assert table.n == len(decisions)


@given(numbers, st.floats(-50.0, 50.0))
def test_a_steady_offset_is_all_bias(truth, offset):
    found = spread(truth, [value + offset for value in truth])
    assert found.bias == pytest.approx(offset, abs=1e-9)
    assert found.mean_error == pytest.approx(abs(offset), abs=1e-9)
    assert (found.low, found.high) == pytest.approx((offset, offset), abs=1e-6)


@given(numbers.flatmap(lambda truth: st.tuples(st.just(truth), st.permutations(truth))))
def test_the_limits_lie_evenly_about_the_bias(both):
    truth, estimates = both
    found = spread(truth, estimates)
    assert found.high - found.bias == pytest.approx(found.bias - found.low)
    assert found.mean_error >= abs(found.bias) - 1e-9
    off = np.array(estimates) - truth
    # Chebyshev: few lie beyond, whatever the distribution
    assert (np.abs(off - found.bias) > (found.high - found.bias) + 1e-9).mean() <= 1 / 1.96**2
    assert found.limits_error == pytest.approx((found.high - found.bias) * math.sqrt(3 / len(truth)))


def test_the_spread_of_a_set_worked_out_by_hand():
    found = spread([10.0, 20.0, 30.0], [11.0, 19.0, 33.0])  # off by +1, -1, +3: mean 1, standard deviation 2
    assert (found.n, found.bias, found.mean_error) == (3, 1.0, pytest.approx(5 / 3))
    assert (found.low, found.high) == pytest.approx((1.0 - 3.92, 1.0 + 3.92))


def test_few_have_no_limits_and_none_no_spread():
    with pytest.raises(ValueError, match="nothing"):
        spread([], [])
    one = spread([1.0], [3.0])
    assert (one.n, one.bias, one.low, one.high, one.limits_error) == (1, 2.0, None, None, None)
