"""Tables, shares and numbers as Markdown. May not know: which figures there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from formcheck.accuracy.figures import Share


def table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: Collection[str]) -> Iterator[str]:
    """Yield the lines of a table; the columns called `texts` on the left, all else on the right."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if name in texts else '---:' for name in head)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    """Return text that cannot end its cell or be taken for a tag."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def of(share: Share) -> str:
    """Return "hits of n"."""
    return f"{share.hits} of {share.n}"


def within(share: Share) -> str:
    """Return a share with its interval, "-" of nothing."""
    if share.value is None or share.interval is None:
        return "-"
    return f"{share.value:.2f} ({share.interval[0]:.2f}–{share.interval[1]:.2f})"


def number(value: float | None) -> str:
    """Return a number to two decimals, "-" of none."""
    return "-" if value is None else f"{value:.2f}"


def signed(value: float) -> str:
    """Return a difference with its sign, to one decimal; a zero has none."""
    return f"{round(value, 1) + 0:+.1f}" if round(value, 1) else "0.0"
