"""The painter: exact pictures of shapes, bounds for real text, and that only a copy is touched.

The stored pictures (`golden/*.png`), text painted as blocks, are written anew by
`FORMCHECK_RENEW_GOLDENS=1 pytest tests/coach`. A renewing run fails on purpose; look at the pictures, then run again.
"""

from __future__ import annotations

import os
import string
from pathlib import Path

import cv2
import numpy as np
import pytest
from overlay_scenes import CUES, SCENES, SIZES, shown

from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, Polygon, Text, estimate_width
from formcheck.coach.paint import as_blocks, measure, paint
from formcheck.types import ImageArray

GOLDEN = Path(__file__).parent / "golden"


def grey(width: int, height: int) -> ImageArray:
    """Return a plain picture."""
    return np.full((height, width, 3), 128, np.uint8)


def touched(operation: Operation, width: int = 300, height: int = 200) -> Box:
    """Return the box of the pixels that painting `operation` alone changes."""
    plain = grey(width, height)
    rows, columns = np.nonzero((paint(plain, [operation]) != plain).any(axis=2))
    assert len(rows), f"{operation} leaves no trace"
    return Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


@pytest.mark.parametrize("scene", ["fault", "unsure", "setup_problems", "far_leg"])
def test_shapes_are_painted_exactly_as_stored(scene: str) -> None:
    stored = GOLDEN / f"{scene}.png"
    operations = shown(SCENES[scene], (240, 136), 10)
    painted = paint(grey(240, 136), operations, text=as_blocks)
    if os.environ.get("FORMCHECK_RENEW_GOLDENS"):
        assert cv2.imwrite(str(stored), painted[:, :, ::-1])
        pytest.fail(f"{stored.name} was written anew; run again without FORMCHECK_RENEW_GOLDENS")
    assert stored.exists()
    np.testing.assert_array_equal(painted, cv2.imread(str(stored))[:, :, ::-1])


def test_only_a_copy_is_painted() -> None:
    image = grey(320, 180)
    image.setflags(write=False)
    painted = paint(image, shown(SCENES["fault"], (320, 180), 10, measure))
    assert (image == 128).all()
    assert painted.shape == image.shape
    assert painted.dtype == np.uint8
    assert (painted != image).any()


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float64)]
)
def test_other_than_an_rgb_picture_is_refused(image: ImageArray) -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        paint(image, [])


def test_colours_are_red_green_blue() -> None:
    painted = paint(grey(20, 20), [Plate(0, 0, 20, 20, (200, 100, 50))])
    assert painted[10, 10].tolist() == [200, 100, 50]


def test_a_plate_covers_its_rectangle_and_no_more() -> None:
    painted = paint(grey(60, 40), [Plate(10, 5, 50, 35, (1, 2, 3))])
    assert (painted[5:35, 10:50] == (1, 2, 3)).all()
    assert (painted != 128).any(axis=2).sum() == 40 * 30


def test_rounded_corners_lie_inside_the_rectangle() -> None:
    painted = paint(grey(60, 40), [Plate(10, 5, 50, 35, (0, 0, 0), radius_px=9)])
    assert touched(Plate(10, 5, 50, 35, (0, 0, 0), radius_px=9), 60, 40) == (10, 5, 50, 35)
    assert [painted[y, x, 0] for y, x in ((5, 10), (5, 49), (34, 10), (34, 49))] == [128] * 4
    assert (painted[5, 20:40] == 0).all()
    np.testing.assert_array_equal(painted, painted[::-1])
    np.testing.assert_array_equal(painted[:, 10:50], painted[:, 10:50][:, ::-1])


@pytest.mark.parametrize(
    "operation",
    [
        Line((30, 40), (250, 160), (255, 0, 0), 9),
        Line((30, 40), (250, 160), (255, 0, 0), 9, dashed=True),
        Disc((100.5, 90.2), 30, (255, 0, 0)),
        Disc((100.5, 90.2), 30, (255, 0, 0), filled=False, width_px=8),
        Polygon(((20, 20), (280, 100), (40, 180)), (255, 0, 0)),
    ],
)
def test_shapes_reach_as_far_as_they_say(operation: Operation) -> None:
    found = touched(operation)
    assert operation.bounds.holds(found, slack_px=2.1)
    assert found.holds(operation.bounds, slack_px=2.6)


@pytest.mark.parametrize("width_px", [1.0, 2.0, 4.0, 6.0, 9.0, 14.0])
def test_strokes_are_as_wide_as_asked(width_px: float) -> None:
    painted = paint(grey(100, 60), [Line((20, 30), (80, 30), (255, 0, 0), width_px)])
    ink = (painted[:, 50, 0].astype(float) - 128).sum() / 127
    assert ink == pytest.approx(width_px, abs=0.9)


def test_a_dashed_line_has_gaps_and_both_ends() -> None:
    dashed = paint(grey(200, 20), [Line((10, 10), (190, 10), (255, 0, 0), 4, dashed=True)])[10, :, 0]
    solid = paint(grey(200, 20), [Line((10, 10), (190, 10), (255, 0, 0), 4)])[10, :, 0]
    assert (solid[12:188] == 255).all()
    assert dashed[11] == dashed[188] == 255
    assert 0.25 < (dashed[10:190] == 128).mean() < 0.6


def test_what_reaches_beyond_the_picture_is_cut_off() -> None:
    wild: list[Operation] = [
        Plate(-50, -50, 500, 10, (0, 0, 0), 8),
        Plate(300, 300, 500, 500, (0, 0, 0), 8),
        Line((-90, -90), (400, 300), (9, 9, 9), 5, dashed=True),
        Disc((100, 50), 80, (7, 7, 7)),
        Text(80, 48, "cut off", 30, 200, (1, 1, 1)),
        Text(-30, 0, "cut off", 30, 200, (1, 1, 1)),
    ]
    for text in (True, False, as_blocks):
        assert paint(grey(100, 50), wild, text).shape == (50, 100, 3)


def test_text_can_be_left_out() -> None:
    image = grey(100, 50)
    words = [Text(10, 40, "Hello", 20, 80, (0, 0, 0))]
    assert (paint(image, words, text=False) == image).all()
    blocks = paint(image, words, text=as_blocks)
    assert (blocks[20:40, 10:90] == 0).all()
    assert (blocks == 0).all(axis=2).sum() == 20 * 80


@pytest.mark.parametrize("height_px", [7.0, 12.5, 28.8, 58.0, 108.0])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "words", ["Highest", "jgpqy|", "\u00c4\u00c9\u00d1\u00dc", "0123456789", "? I see", "12 \u00b0\N{MINUS SIGN}"]
)
def test_letters_stay_inside_their_bounds(words: str, height_px: float, bold: bool) -> None:
    wide, high = measure(words, height_px, bold)
    text = Text(150, 200, words, height_px, wide, (255, 255, 255), bold)
    found = touched(text, 1200, 300)
    assert text.bounds.holds(found, slack_px=max(2.0, 0.12 * height_px))
    assert found.width > 0.85 * wide - 2
    assert high > height_px


@pytest.mark.parametrize("height_px", [9.0, 28.8, 57.6, 108.0])
def test_height_is_that_of_a_capital(height_px: float) -> None:
    found = touched(Text(20, 180, "H", height_px, 200, (255, 255, 255)))
    assert found.height == pytest.approx(height_px, abs=1.5)
    assert found.bottom == pytest.approx(180, abs=1)


def test_bold_is_heavier() -> None:
    light, heavy = (paint(grey(400, 80), [Text(10, 60, "Chest", 40, 300, (0, 0, 0), bold)]) for bold in (False, True))
    assert heavy.sum() < light.sum()


@pytest.mark.parametrize(
    "words", [*CUES, string.ascii_letters, string.digits + string.punctuation, "MMWW mm ww", "caf\u00e9"]
)
@pytest.mark.parametrize("bold", [False, True])
def test_the_estimate_is_never_narrower_than_the_letters(words: str, bold: bool) -> None:
    for height_px in (8.0, 20.0, 60.0):
        real, estimated = measure(words, height_px, bold)[0], estimate_width(words, height_px, bold)[0]
        assert real <= estimated <= 1.7 * real


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_real_text_stays_on_its_plate(scene: str, size_px: tuple[int, int]) -> None:
    operations = shown(SCENES[scene], size_px, 10, measure)
    width, height = size_px
    base = paint(grey(width, height), operations, text=False)
    solid = [op.bounds for op in operations if isinstance(op, Plate | Disc | Polygon)]
    for op in operations:
        if isinstance(op, Text):
            rows, columns = np.nonzero((paint(base, [op]) != base).any(axis=2))
            assert len(rows), op
            found = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            assert any(shape.holds(found, slack_px=1) for shape in solid), op
