"""The picture as in a mirror: what turns, what stays, and that the drawing over it is its own mirror image."""

from __future__ import annotations

import numpy as np
import pytest
from overlay_scenes import AS_GIVEN, SCENES
from screen_scenes import SCREENS, anywhere, picture, texts

from formcheck.coach.drawing import Box, Line, Operation, Text
from formcheck.coach.mirror import mirrored
from formcheck.coach.overlay import layout
from formcheck.coach.scene import Scene, Stage
from formcheck.coach.screens import layout_scene
from formcheck.coach.skeleton import skeleton, worst_of
from formcheck.types import FloatArray, HeadTurn, Observation, Pose, Silhouette


@pytest.mark.parametrize("seen", [anywhere("right"), SCENES["far_leg"], SCENES["opposite_arm"], SCENES["either_leg"]])
def test_the_mirror_turns_the_picture_and_the_person_not_the_words(seen: Observation) -> None:
    image = np.random.default_rng(2).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    flipped, other = mirrored(image, seen)
    assert (flipped == image[:, ::-1]).all()
    assert {seen.head_side, other.head_side} == {"left", "right"}

    def body(of: Observation) -> list[Operation]:
        return skeleton(of, worst_of(of.findings), Box(0, 0, 640, 360), 360)

    # the near side stays near, and the raised leg the raised one: each stroke is its own mirror image
    assert len(body(seen)) > 20
    for one, two in zip(body(seen), body(other), strict=True):
        assert (type(one), one.colour) == (type(two), two.colour)
        if isinstance(one, Line) and isinstance(two, Line):
            assert (one.width_px, one.dashed) == (two.width_px, two.dashed)
            assert np.array([two.start, two.end]) == pytest.approx(np.array([one.start, one.end]) * [-1, 1] + [640, 0])
    here, there = (layout(of, (640, 360), AS_GIVEN, 10, side=seen.raised) for of in (seen, other))
    assert sorted(texts(here)) == sorted(texts(there))
    labels = ("Chest", "Leg")
    gauge = [next(op.left for op in ops if isinstance(op, Text) and op.text in labels) for ops in (here, there)]
    assert sorted(gauge, reverse=seen.head_side == "left") == gauge
    assert min(gauge) < 320 < max(gauge)


def test_in_the_mirror_the_persons_own_side_is_still_named() -> None:
    scene = Scene(Stage.SET, SCENES["far_leg"], "", False, 10, raised="right")
    _, other = mirrored(picture(640, 360), scene)
    assert other.observation is not None
    assert other.observation.raised == "left"
    assert "right" in texts(layout_scene(other, (640, 360), AS_GIVEN))


def test_the_mirror_turns_all_there_is_and_twice_is_not_at_all() -> None:
    rng = np.random.default_rng(3)
    rows: FloatArray = rng.uniform(0, 300, (33, 2))
    outline = Silhouette(*(rng.uniform(0, 99, 640) for _ in range(3)))
    pose = Pose(1.0, (640, 360), rows, rng.uniform(size=33), rng.uniform(size=33), 0.5, outline, HeadTurn(7.0, 1, 0.9))
    seen = Observation(pose, "ready", head_side="left", counted=3, raised="right")
    image = picture(640, 360)
    _, once = mirrored(image, seen)
    assert (once.counted, once.raised) == (3, "left")
    assert once.pose.head is not None
    assert once.pose.head.turn_deg == -7
    assert once.pose.silhouette is not None
    assert (once.pose.silhouette.top_px == outline.top_px[::-1]).all()
    assert once.pose.xy_px[12] == pytest.approx([640 - rows[11][0], rows[11][1]])
    assert once.pose.visibility[12] == pose.visibility[11]
    assert once.pose.xy_px[0] == pytest.approx([640 - rows[0][0], rows[0][1]])
    _, twice = mirrored(image, once)
    assert twice.pose.xy_px == pytest.approx(rows)
    assert (twice.pose.z == pose.z).all()
    assert (twice.head_side, twice.raised) == ("left", "right")


def test_a_whole_scene_is_mirrored_with_its_observation() -> None:
    image = picture(640, 360)
    _, scene = mirrored(image, SCREENS["set_fault"])
    assert scene.observation is not None
    assert scene.observation.head_side == "left"
    assert scene.sentence == SCREENS["set_fault"].sentence
    assert mirrored(image, SCREENS["waiting"])[1].observation is None
