"""The picture as in a mirror: what turns, what stays, and that the drawing over it is its own mirror image."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from overlay_scenes import AS_GIVEN
from screen_scenes import SCREENS, anywhere, picture, texts

from formcheck.coach.drawing import Line, Operation, Text
from formcheck.coach.mirror import mirrored
from formcheck.coach.overlay import layout
from formcheck.types import FloatArray, HeadTurn, Observation, Pose, Silhouette


def test_the_mirror_turns_the_picture_and_the_person_not_the_words() -> None:
    image = np.random.default_rng(2).integers(0, 256, (360, 640, 3), dtype=np.uint8)
    seen = anywhere("right")
    flipped, other = mirrored(image, seen)
    assert (flipped == image[:, ::-1]).all()
    assert other.head_side == "left"
    there = layout(other, (640, 360), AS_GIVEN, 10)
    here = layout(seen, (640, 360), AS_GIVEN, 10)

    def body(operations: Sequence[Operation]) -> list[Line]:
        return list(itertools.takewhile(lambda op: isinstance(op, Line), operations))

    # the near side stays near: each stroke with its colour, its width and its dashes is its own mirror image
    assert len(body(here)) > 10
    for one, two in zip(body(here), body(there), strict=True):
        assert (one.colour, one.width_px, one.dashed) == (two.colour, two.width_px, two.dashed)
        assert np.array([two.start, two.end]) == pytest.approx(np.array([one.start, one.end]) * [-1, 1] + [640, 0])
    assert sorted(texts(here)) == sorted(texts(there))
    gauge = [next(op.left for op in ops if isinstance(op, Text) and op.text == "Chest") for ops in (here, there)]
    assert gauge[0] < 320 < gauge[1]


def test_the_mirror_turns_all_there_is_and_twice_is_not_at_all() -> None:
    rng = np.random.default_rng(3)
    rows: FloatArray = rng.uniform(0, 300, (33, 2))
    outline = Silhouette(*(rng.uniform(0, 99, 640) for _ in range(3)))
    pose = Pose(1.0, (640, 360), rows, rng.uniform(size=33), rng.uniform(size=33), 0.5, outline, HeadTurn(7.0, 1, 0.9))
    seen = Observation(pose, "ready", head_side="left", counted=3)
    image = picture(640, 360)
    _, once = mirrored(image, seen)
    assert once.counted == 3
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
    assert twice.head_side == "left"


def test_a_whole_scene_is_mirrored_with_its_observation() -> None:
    image = picture(640, 360)
    _, scene = mirrored(image, SCREENS["set_fault"])
    assert scene.observation is not None
    assert scene.observation.head_side == "left"
    assert scene.sentence == SCREENS["set_fault"].sentence
    assert mirrored(image, SCREENS["waiting"])[1].observation is None
