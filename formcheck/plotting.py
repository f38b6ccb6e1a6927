"""Plots of matplotlib's as the text of SVG files: the same figures give the same text, letters stay letters.

No dates, no random names, and nothing of the reader's own settings.
May not know: what is drawn, where it is shown.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any


def svg(
    inches: tuple[float, float],
    fill: Callable[[Any], None],
    settings: Mapping[str, Any] | None = None,
    *,
    fitted: bool = True,
) -> str:
    """Return what `fill` draws into a figure of matplotlib's, of that width and height, as the text of an SVG file.

    `settings`: matplotlib's own (its rcParams) that differ from its defaults. `fitted`: make room for all that is
    written; else `fill` says where the plots stand, which takes half the time.
    """
    # importing matplotlib looks for fonts and makes folders for its settings: only when a picture is wanted
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    text = io.StringIO()
    # the reader's own settings would make another picture
    with mpl.rc_context(), warnings.catch_warnings():
        # letters that matplotlib's own font lacks are drawn by the reader's
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        mpl.rcdefaults()
        mpl.rc("svg", hashsalt="formcheck", fonttype="none")
        mpl.rc("font", size=10.0)
        mpl.rc("axes.spines", top=False, right=False)
        mpl.rc("path", simplify=False)
        for name, value in (settings or {}).items():
            mpl.rcParams[name] = value  # type: ignore[index]
        figure = Figure(figsize=inches, layout="constrained" if fitted else None)
        FigureCanvasSVG(figure)
        fill(figure)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", metadata=nothing)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
