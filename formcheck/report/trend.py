"""From session to session: a bar for each, how many repetitions counted and how many of them were good.

May not know: HTML, files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from formcheck import plotting
from formcheck.records.rows import Summary
from formcheck.report import drawing, sentences
from formcheck.report.drawing import INKS

#: so many sessions are shown, the latest
MOST = 20
#: a strip's height with the room below it, the lonely one of exercises without sides higher
WIDE_IN, STRIP_IN, ALONE_IN = 7.6, 1.15, 1.6
#: room around the strips
LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN, BETWEEN_IN = 0.3, 0.05, 0.25, 0.42, 0.27


def drawn(past: Sequence[Summary], ids: drawing.Ids) -> str:
    """Return the picture of one exercise's sessions, earliest first; left and right apart where it has them."""
    names = sentences.side_names(tally.side for one in past for tally in one.tallies)
    strips = names if any(side for side, _ in names) else [(None, "")]
    inches = (WIDE_IN, TOP_IN + BOTTOM_IN - BETWEEN_IN + (STRIP_IN * len(strips) if len(strips) > 1 else ALONE_IN))
    settings = {"font.size": 9.0, "text.color": INKS["ink"], "hatch.linewidth": 0.6}
    text = plotting.svg(inches, lambda figure: _fill(figure, past, strips), settings, fitted=False)
    counted, good = sum(one.counted for one in past), sum(one.good for one in past)
    said = f"{sentences.many(len(past), 'session')}: {counted} repetitions counted, {good} of them without a fault."
    return drawing.of_plot(text, ids, sentences.PAGE["trend"], f"{said} The table below has the figures.")


def _fill(figure: Any, past: Sequence[Summary], strips: Sequence[tuple[str | None, str]]) -> None:
    """Draw into a figure of matplotlib's."""
    figure.patch.set_visible(False)
    place = drawing.placed(figure, len(strips), (LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN), BETWEEN_IN)
    several = figure.subplots(len(strips), 1, sharex=True, sharey=True, squeeze=False, gridspec_kw=place)[:, 0]
    for axes, (side, name) in zip(several, strips, strict=True):
        _fill_strip(axes, past, side, several=len(strips) > 1)
        if name:
            axes.set_title(name, loc="left", fontsize=9.5, fontweight="bold", pad=3, parse_math=False)
    days = [sentences.short_day(one.started_at).replace(" ", "\n") for one in past]
    if len(strips) == 1:
        several[0].set_ylim(0.0, 1.25 * max([1, *(one.counted for one in past)]))
    several[-1].set_xticks(range(len(past)), days)
    # as wide for the first session as for the twentieth, so that a lonely bar is no wall
    several[-1].set_xlim(-0.6, max(len(past), MOST // 2) - 0.4)


def _fill_strip(axes: Any, past: Sequence[Summary], side: str | None, *, several: bool) -> None:
    for at, one in enumerate(past):
        mine = [tally for tally in one.tallies if not several or tally.side == side]
        counted, good = sum(tally.counted for tally in mine), sum(tally.good for tally in mine)
        axes.bar(at, counted, 0.72, color="none", edgecolor=INKS["quiet"], linewidth=1.0, zorder=2)
        if good:
            axes.bar(at, good, 0.72, color=INKS["accent"], edgecolor=INKS["accent"], linewidth=1.0, zorder=3)
        if mine:
            axes.text(at, counted, f"{good}/{counted}", ha="center", va="bottom", fontsize=7.5, color=INKS["ink"])
    axes.set_ylim(0.0, 1.3 * max([1, *(tally.counted for one in past for tally in one.tallies)]))
    axes.tick_params(colors=INKS["quiet"], labelcolor=INKS["quiet"], length=3, labelsize=8)
    axes.tick_params(axis="x", length=0)
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(INKS["rule"])
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
