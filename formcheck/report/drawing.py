"""Pictures as SVG inside the page: named for screen readers, every id its own, every colour one of the style sheet's.

May not know: what the pictures show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from itertools import count
from typing import Any

#: what matplotlib is given as a colour, and what it then is in the page; none of them is one of its own
INKS: Mapping[str, str] = {
    name: f"#01{number:02x}fe"
    for number, name in enumerate(
        ("ink", "quiet", "rule", "accent", "band", "good", "fault", "unsure", "on-mark", "paper", "card")
    )
}
_NAMES = {colour: name for name, colour in INKS.items()}
_COLOUR = re.compile("|".join(_NAMES))
_ID = re.compile(r'(\bid="|href="#|url\(#)')


class Ids:
    """Gives every picture of a page a name of its own, which its ids begin with."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> str:
        """Return the next name."""
        return f"picture{next(self._numbers)}"


def placed(
    figure: Any, strips: int, around_in: tuple[float, float, float, float], between_in: float
) -> dict[str, float]:
    """Return where strips above one another stand in a figure of matplotlib's.

    `around_in`: the room to the left, right, top and bottom; `between_in`: between two strips; inches.
    """
    wide, high = figure.get_size_inches()
    left, right, top, bottom = around_in
    each = (high - top - bottom - between_in * (strips - 1)) / strips
    return {
        "left": left / wide,
        "right": 1 - right / wide,
        "top": 1 - top / high,
        "bottom": bottom / high,
        "hspace": between_in / each,
    }


def of_plot(text: str, ids: Ids, title: str, told: str) -> str:
    """Return matplotlib's SVG file as part of the page; `title` and `told`: what it is and what it shows, in words."""
    found = re.search(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', text, re.DOTALL)
    assert found is not None  # matplotlib's own, of plotting.svg
    name = ids.next()
    body = re.sub(r"<metadata>.*?</metadata>", "", found[2], flags=re.DOTALL)
    body = body.replace("xlink:href", "href")
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)  # the text of every label, a second time
    body = re.sub(r'<style type="text/css">[^<]*</style>', "", body)  # would hold for all of the page
    body = re.sub(r"(font: [^;\"]*?px) [^;\"]*", r"\1 var(--sans)", body)
    body = _ID.sub(rf"\1{name}-", body)
    body = _COLOUR.sub(lambda ink: f"var(--{_NAMES[ink[0]]})", body)
    return picture(found[1], [body], name, title, told, "plot")


def picture(view_box: str, parts: Iterable[str], name: str, title: str, told: str, kind: str) -> str:
    """Return an SVG element; `parts`: ready markup."""
    head = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>'
    start = f'<svg class="{kind}" viewBox="{view_box}" role="img" aria-labelledby="{name}-title {name}-told">'
    return f"{start}{head}{''.join(parts)}</svg>"
