"""The report: one HTML file for the person and the physiotherapist, made of values alone.

    page(Report("Anna", now, (Sheet(session, trace),), summaries, summaries)) -> text

It holds all it needs: no script, no font, picture or address from outside.
May not know: where sessions are kept, files, the command line.
"""

from __future__ import annotations

from formcheck.report.page import page
from formcheck.report.sheet import Report, Sheet

__all__ = ["Report", "Sheet", "page"]
