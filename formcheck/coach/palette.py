"""The overlay's colours, and the measure of how well one can be read on another.

Colours are RGB, 0..255. The three verdict colours are brightened relatives of Okabe and Ito's bluish green, vermillion
and yellow, which people with any of the common colour vision deficiencies can tell apart; brightened because the text
and marks in them stand on a nearly black plate and are watched from the other end of a mat.
May not know: what is drawn where.
"""

from __future__ import annotations

from formcheck.types import Verdict

Colour = tuple[int, int, int]

INK: Colour = (14, 17, 22)  #: plates, halos and whatever stands on a verdict colour
PAPER: Colour = (255, 255, 255)  #: the main text
QUIET: Colour = (205, 212, 220)  #: text beside the main text
BODY: Colour = (236, 240, 245)  #: parts of the body no check speaks for
FAR: Colour = (176, 186, 198)  #: the side of the body away from the camera
TRACK: Colour = (70, 78, 90)  #: the empty part of a scale
GOOD: Colour = (76, 208, 164)
WRONG: Colour = (255, 132, 66)
DOUBT: Colour = (244, 226, 84)

VERDICT_COLOURS: dict[Verdict, Colour] = {Verdict.OK: GOOD, Verdict.FAULT: WRONG, Verdict.UNSURE: DOUBT}


def luminance(colour: Colour) -> float:
    """Return the relative luminance of an sRGB `colour`, 0 (black) .. 1 (white), by WCAG 2.2's definition."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast ratio of two colours, 1 (the same) .. 21 (black on white); the order does not matter."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
