"""The drawing of specs: the kept sets come out the same for ever, every spec is valid, sets share no body.

Of the held-out set only its digest is here. Nobody is to look at its specs.
"""

from __future__ import annotations

import hashlib
import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_clips.clipmaker import draw, kinds
from sample_clips.clipmaker.labels import LIMITS
from sample_clips.clipmaker.spec import parsed

DIGESTS = {
    "development": "d7278e90dcae6b17b432511ca959ddd5a3f51d0f94d767da0a1fb1670f309e1c",
    "held-out": "2547450531f48995e57219cc3dce5bcebfe1e9d341f01da612292329ce4a295c",
}


def digest(specs):
    return hashlib.sha256(json.dumps(specs, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("name", draw.KEPT)
def test_a_kept_set_never_changes(name):
    # the clips of these specs were rendered and measured once: other specs under their names would be a lie
    assert digest(draw.kept(name)) == DIGESTS[name]


def test_the_first_of_the_development_set():
    first = draw.kept("development")[0]
    assert first["name"] == "d00s"
    assert first["body"] == {"gender": 1.0, "age": 0.62, "weight": 0.5, "height": 0.62, "muscle": 0.4}
    assert first["camera"] == {
        "target": [-0.1, 0, 0.25], "yaw_deg": 5.1, "height_m": 0.59, "distance_m": 3.19, "roll_deg": -0.2,
        "hfov_deg": 62,
    }  # fmt: skip
    assert first["reps"][2] == {
        "lumbar": 26.52, "thoracic": 0.0, "neck": -1.9, "knee_l": 1.65, "knee_r": 0.99, "lift_s": 2.14,
        "hold_s": 2.5, "lower_s": 2.3, "rest_after_s": 1.32,
    }  # fmt: skip


def test_the_sets_have_their_sizes_and_no_body_in_common():
    sets = {name: draw.kept(name) for name in draw.KEPT} | {"new": draw.fresh(1, 7)}
    assert {name: len(specs) for name, specs in sets.items()} == {"development": 24, "held-out": 28, "new": 28}
    for one, other in itertools.combinations(sets.values(), 2):
        for part in ("name", "body", "look", "seed"):
            ours, theirs = ({json.dumps(spec[part], sort_keys=True) for spec in specs} for specs in (one, other))
            assert ours.isdisjoint(theirs), part


@pytest.mark.parametrize("name", draw.KEPT)
def test_every_kept_spec_is_valid(name):
    for spec in draw.kept(name):
        assert parsed(json.dumps(spec), "a kept spec").said() == spec


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 3))
def test_new_specs_are_valid_and_depend_on_the_seed_alone(seed, bodies):
    specs = draw.fresh(seed, bodies)
    assert specs == draw.fresh(seed, bodies)
    assert specs == draw.fresh(seed, bodies + 1)[: len(specs)]
    assert len({spec["name"] for spec in specs}) == len(specs) == 4 * bodies
    for spec in specs:
        one = parsed(json.dumps(spec), spec["name"])
        assert one.said() == spec
        assert len(one.reps) == 4
        sides = [rep.side for rep in one.reps]
        assert sides[0] != sides[1] or sides == [None] * 4
        assert sides[:2] == sides[2:]
    assert draw.fresh(seed + 1, 1)[0]["body"] != specs[0]["body"]


def test_specs_share_nothing_that_could_be_changed():
    first, *others = draw.fresh(1, 1)
    first["body"]["age"] = 0.0
    first["room"]["wall_rgb"][0] = 0.0
    assert all(spec["body"]["age"] > 0 for spec in others)
    assert draw.fresh(1, 1)[0]["room"]["wall_rgb"][0] > 0


@pytest.mark.parametrize(("seed", "bodies"), [(0, 7), (-1, 7), (1, 0), (1, draw.MOST_BODIES + 1)])
def test_no_new_set_can_have_a_kept_sets_bodies(seed, bodies):
    with pytest.raises(ValueError, match="a new set needs"):
        draw.fresh(seed, bodies)


seeds = st.integers(0, 2**32).map(draw.Random)


@given(seeds)
def test_a_kind_of_spine_extension_crosses_its_own_limit_alone(random):
    reps = {kind: kinds.spine_rep(random, kind) for kind in kinds.SPINE}
    beyond = {
        "overarch": lambda rep: rep["lumbar"] > LIMITS["overarch_lumbar_deg"],
        "chin_up": lambda rep: rep["neck"] > LIMITS["chin_up_neck_deg"],
        "fast": lambda rep: min(rep["lift_s"], rep["lower_s"]) < LIMITS["too_fast_s"],
        "feet_up": lambda rep: max(rep["knee_l"], rep["knee_r"]) > 15,
    }
    for kind, rep in reps.items():
        wanted = {"hinge": {"overarch"}}.get(kind, {kind} & set(beyond))
        assert {name for name, holds in beyond.items() if holds(rep)} == wanted, kind
    assert reps["hinge"]["thoracic"] == 0


@given(seeds, st.sampled_from(["left", "right"]))
def test_a_leg_raise_names_the_persons_own_sides(random, side):
    own, other = side[0], {"l": "r", "r": "l"}[side[0]]
    good = kinds.leg_rep(random, "good", side, arm=True)
    assert good["side"] == side
    assert good[f"hip_{own}"] >= 8 > 1 >= good[f"hip_{other}"]
    assert f"arm_{other}" in good
    assert f"arm_{own}" not in good
    same = kinds.leg_rep(random, "same_arm", side, arm=True)
    assert f"arm_{own}" in same
    assert f"arm_{other}" not in same
    assert not {"arm_l", "arm_r"} & set(kinds.leg_rep(random, "no_arm", side, arm=True))
    assert not {"arm_l", "arm_r"} & set(kinds.leg_rep(random, "good", side, arm=False))
    assert kinds.leg_rep(random, "knee_bent", side, arm=False)[f"knee_{own}"] > LIMITS["knee_bent_deg"]
    both = kinds.leg_rep(random, "both_legs", side, arm=False)
    assert 0.69 * both[f"hip_{own}"] < both[f"hip_{other}"] < both[f"hip_{own}"]
