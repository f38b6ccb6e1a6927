"""The report's colours, in light and in dark, and which of them stand on which.

Okabe and Ito's vermillion, bluish green and yellow, darkened or brightened until they can be read on their ground, so
that people with any of the common colour vision deficiencies tell them apart; no verdict speaks by colour alone.
May not know: what is written or drawn in them.
"""

from __future__ import annotations

#: each by its name in the style sheet: (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#12171d"),
    "card": ("#f3f6f9", "#1b222a"),
    "ink": ("#17212b", "#e9eef3"),
    "quiet": ("#4a5866", "#adb9c5"),
    "rule": ("#cdd5dd", "#37424e"),
    "accent": ("#0a4f7d", "#7cc4f2"),
    "band": ("#e6eef5", "#222d38"),
    "good": ("#0b6848", "#4cd0a4"),
    "fault": ("#a83a06", "#ff9a63"),
    "unsure": ("#6f5600", "#f0d84e"),
    "on-mark": ("#ffffff", "#12171d"),
    "alarm": ("#fdece3", "#3a2114"),
    "body": ("#2a3a49", "#dfe6ed"),
    "far": ("#6d7c8b", "#8b99a7"),
    "mat": ("#cfdbe6", "#2b3845"),
}

#: what is written in a colour, on which ground: these are told apart by 4.5 to 1 at least (WCAG 2.2, AA)
TEXT_ON = (
    ("ink", "paper"), ("ink", "card"), ("ink", "band"), ("ink", "alarm"),
    ("quiet", "paper"), ("quiet", "card"), ("quiet", "band"),
    ("accent", "paper"), ("accent", "card"),
    ("good", "paper"), ("good", "card"), ("fault", "paper"), ("fault", "card"), ("fault", "alarm"), ("fault", "band"),
    ("unsure", "paper"), ("unsure", "card"), ("unsure", "band"),
    ("on-mark", "fault"), ("on-mark", "good"), ("on-mark", "accent"),
)  # fmt: skip
#: marks and lines on their ground: 3 to 1 at least
MARK_ON = (
    ("accent", "band"), ("good", "band"), ("fault", "band"), ("body", "paper"), ("body", "card"), ("far", "paper"),
    ("far", "card"), ("good", "card"), ("unsure", "card"),
)  # fmt: skip


def variables(dark: bool) -> str:
    """Return the style sheet's declarations of all colours."""
    return " ".join(f"--{name}: {pair[dark]};" for name, pair in COLOURS.items())
