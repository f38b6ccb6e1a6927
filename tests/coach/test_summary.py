"""The last screen as data: the count, the plot of the lifts, what to work on, and how it felt."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from overlay_scenes import AS_GIVEN, FAULT, OK, UNSURE, texts
from screen_scenes import SCREENS, SET_OF_LEGS, SIZES, TITLE, at_end, bars_of, drawn, keep_the_rules, sizes_of

from formcheck.coach.drawing import Disc, Line, Operation, Plate, Polygon, Text
from formcheck.coach.paint import measure
from formcheck.coach.palette import GOOD, WRONG
from formcheck.coach.plot import ZONE
from formcheck.coach.scene import Bar, Scene


@pytest.mark.parametrize("size_px", [(640, 480), (960, 720), (1280, 720), (1920, 1080)])
def test_the_last_screen_has_large_print_too(size_px: tuple[int, int]) -> None:
    for scene in (at_end(), at_end(left_s=None), at_end(pain="none")):
        operations = drawn(scene, size_px, measure)
        assert min(sizes_of(operations, "Look down at the mat")) >= 0.08 * size_px[1] - 0.01
        count = next(op for op in operations if isinstance(op, Text) and op.text == "10")
        assert count.height_px == pytest.approx(0.15 * size_px[1], rel=0.01)


def test_the_summary_says_how_many_and_how_good() -> None:
    said = texts(drawn(at_end(counted=8, good=6), (1280, 720), measure))
    assert {TITLE, "8", "of 10", "repetitions", "6 without a fault", "Next time", "Look down at the mat"} <= set(said)
    assert {"Chest lift, cm", "2.5", "18", "target", "attempt"} <= set(said)
    assert "No repetitions" not in said
    none = texts(drawn(SCREENS["summary_none"], (1280, 720)))
    assert {"0", "of 10", "No repetitions"} <= set(none)
    assert "Next time" not in none
    assert "0 without a fault" not in none
    assert "Chest lift, °" in texts(drawn(at_end(unit="deg"), (1280, 720)))


def test_bars_stand_in_order_as_high_as_their_values() -> None:
    heights = [(value, OK) for value in (2.5, 5.0, 10.0, 18.0)]
    operations = drawn(at_end(bars=bars_of(*heights)), (1280, 720))
    plates = [op for op in operations if isinstance(op, Plate) and op.colour == GOOD]
    assert len(plates) == 4
    assert [op.left for op in plates] == sorted(op.left for op in plates)
    lengths = [op.bottom - op.top for op in plates]
    assert lengths == pytest.approx([length * lengths[0] for length in (1, 2, 4, 7.2)], rel=0.02)
    # the zone's two edges are level with the bars that reach them
    zone = next(op for op in operations if isinstance(op, Plate) and op.colour == ZONE and op.right - op.left > 99)
    assert zone.bottom == pytest.approx(plates[0].top)
    assert zone.top == pytest.approx(plates[3].top)
    numbers = [op.text for op in operations if isinstance(op, Text) and op.baseline > plates[0].bottom and not op.bold]
    assert numbers[:4] == ["1", "2", "3", "4"]


def test_a_bar_says_by_its_shape_what_was_wrong() -> None:
    def plot(*bars: Bar) -> list[Operation]:
        quiet = at_end(bars=bars, work_on="", left_s=None, counted=0)
        return list(drawn(quiet, (1280, 720), measure))

    def shapes(*bars: Bar) -> list[str]:
        fine = plot(Bar(1, 8.0, OK))
        return sorted(type(op).__name__ for op in plot(*bars) if op not in fine)

    assert shapes(Bar(1, 8.0, OK)) == []
    assert shapes(Bar(1, 8.0, FAULT)) == ["Disc", "Line", "Line", "Plate"]
    assert shapes(Bar(1, 8.0, UNSURE)) == ["Disc", "Disc", "Plate", "Text"]
    assert shapes(Bar(1, None, UNSURE)) == ["Disc", "Disc", "Text"]
    assert shapes(Bar(1, None, FAULT)) == ["Disc", "Disc", "Disc", "Line", "Line", "Text"]
    # an attempt is hollow: four strokes and no plate, and four more explain it
    assert shapes(Bar(None, 8.0, OK)) == ["Line"] * 8 + ["Text"]
    unseen = plot(Bar(1, None, UNSURE))
    ring = next(op for op in unseen if isinstance(op, Disc))
    base = max(op.start[1] for op in unseen if isinstance(op, Line))
    assert base - 2.5 * ring.radius_px < ring.centre[1] < base


def test_an_attempt_is_narrower_and_has_no_number() -> None:
    operations = drawn(at_end(bars=bars_of((8, OK), (2, FAULT), (9, OK), attempts=(1,)), left_s=None), (1280, 720))
    numbers = [op for op in operations if isinstance(op, Text) and op.text in ("1", "2", "3") and not op.bold]
    assert [op.text for op in numbers] == ["1", "2"]
    hollow = [op for op in operations if isinstance(op, Line) and op.colour == WRONG]
    across = max(op.bounds.right for op in hollow) - min(op.bounds.left for op in hollow)
    whole = next(op for op in operations if isinstance(op, Plate) and op.colour == GOOD)
    assert across < 0.75 * (whole.right - whole.left)


@pytest.mark.parametrize("count", [1, 15])
@pytest.mark.parametrize("size_px", SIZES)
def test_few_and_many_bars_fit(count: int, size_px: tuple[int, int]) -> None:
    bars = bars_of(*[(6.0 + at, (OK, FAULT, UNSURE)[at % 3]) for at in range(count)])
    scene = at_end(bars=bars)
    operations = drawn(scene, size_px, measure)
    keep_the_rules(scene, size_px, operations)
    boxes = {op.bounds for op in operations if isinstance(op, Disc)}
    assert not any(one.inset(0.5).meets(other) for one, other in itertools.combinations(boxes, 2))
    assert "1" in texts(operations) or count > 1


def test_how_it_felt_is_asked_with_keys_and_seconds() -> None:
    said = texts(drawn(at_end(left_s=17.3), (1280, 720), measure))
    assert {"How did it feel?", "1", "2", "3", "No pain", "Some pain", "I had to stop", "18 s"} <= set(said)
    assert "Thank you" not in said
    silent = texts(drawn(at_end(left_s=None), (1280, 720)))
    assert not {"How did it feel?", "No pain", "Thank you"} & set(silent)


@pytest.mark.parametrize(("pain", "answer"), [("none", "No pain"), ("some", "Some pain"), ("stop", "I had to stop")])
def test_an_answer_is_thanked_for_and_pain_is_taken_seriously(pain: str, answer: str) -> None:
    for left_s in (4.0, None):
        operations = drawn(at_end(pain=pain, left_s=left_s), (1280, 720), measure)
        said = texts(operations)
        assert {"Thank you", answer} <= set(said)
        assert "How did it feel?" not in said
        if pain == "none":
            assert "Look down at the mat" in said
            assert not [op for op in operations if isinstance(op, Polygon)]
        else:
            assert min(sizes_of(operations, AS_GIVEN("screen.ask_physio"))) > 0.06 * 720
            assert [op for op in operations if isinstance(op, Polygon) and op.colour == WRONG]
            # what to do about the pain is the one thing now
            assert "Look down at the mat" not in said
            legs = " ".join(texts(drawn(of_legs(pain=pain, left_s=left_s), (1280, 720), measure)))
            assert "take turns" not in legs


# --- exercises of two sides ---------------------------------------------------------------------------------------


def of_legs(**changes: object) -> Scene:
    """Return the last screen of a set of legs, its summary changed."""
    return replace(at_end(), summary=replace(SET_OF_LEGS, **changes))


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("changes", [{}, {"left_s": None}, {"pain": "none"}])
def test_a_remark_is_said_whole_beside_the_one_thing_to_work_on(
    changes: dict[str, object], size_px: tuple[int, int]
) -> None:
    scene = of_legs(**changes)
    assert scene.summary is not None
    operations = drawn(scene, size_px, measure)
    keep_the_rules(scene, size_px, operations)
    assert max(sizes_of(operations, scene.summary.remark)) >= min(0.021 * size_px[1], 0.021 * size_px[0])
    least = 0.05 if size_px[0] > size_px[1] else 0.03
    assert min(sizes_of(operations, scene.summary.work_on)) >= least * size_px[1]
    assert scene.summary.remark not in " ".join(texts(drawn(of_legs(remark=""), size_px, measure)))


def test_each_bar_has_the_letter_of_its_side_under_its_number() -> None:
    operations = drawn(of_legs(), (1280, 720), measure)
    base = max(op.bounds.bottom for op in operations if isinstance(op, Plate) and op.colour == GOOD)
    below = [op for op in operations if isinstance(op, Text) and base < op.baseline < base + 80 and op.left > 560]
    rows = [[op for op in below if op.baseline == baseline] for baseline in sorted({op.baseline for op in below})]
    assert [[op.text for op in row] for row in rows] == [list("123456"), ["L", "R", "L", "R", "?", "R", "R"]]
    middles = [[op.left + op.width_px / 2 for op in row] for row in rows]
    # the attempt, the fourth, has a side and no number
    assert middles[0] == pytest.approx(middles[1][:3] + middles[1][4:])


@pytest.mark.parametrize("count", [1, 10, 30])
@pytest.mark.parametrize("size_px", SIZES)
def test_letters_are_all_there_or_none(count: int, size_px: tuple[int, int]) -> None:
    bars = bars_of(*[(6.0 + at, OK) for at in range(count)], sides=[("left", "right")[at % 2] for at in range(count)])
    scene = of_legs(bars=bars)
    operations = drawn(scene, size_px, measure)
    keep_the_rules(scene, size_px, operations)
    letters = [text for text in texts(operations) if text in ("L", "R")]
    assert len(letters) in (0, count)
    assert letters or size_px[0] < 640 or count == 30


def test_without_sides_there_are_no_letters() -> None:
    assert not {"L", "R"} & set(texts(drawn(of_legs(sided=False), (1280, 720), measure)))
    assert "?" in texts(drawn(of_legs(bars=bars_of((9.0, OK))), (1280, 720), measure))


def test_the_dose_stands_there_once_the_answers_have_made_room() -> None:
    dose = "That is your third day this week. Well done, that is the plan."

    def shown(size_px: tuple[int, int] = (1280, 720), **changes: object) -> str:
        return " ".join(texts(drawn(at_end(dose=dose, **changes), size_px, measure)))

    for size_px in SIZES:
        assert dose in shown(size_px, pain="none")
    assert dose not in shown()
    # pain comes first, and a remark about the set keeps its place
    assert dose not in shown(pain="some")
    remark = "Left and right did not always take turns"
    assert dose not in shown(pain="none", remark=remark)
    assert remark in shown(pain="none", remark=remark)
