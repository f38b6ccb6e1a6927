"""`formcheck report`: sessions of the rep log as one HTML file. May not know: how anything is told or drawn."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck.cli.asked import AUTO, DataDir, Person, ProfilePath, exercises_called, kept_profile, whose
from formcheck.cli.console import complain, progress
from formcheck.cli.kept_clips import sessions
from formcheck.errors import FormcheckError, SetupError
from formcheck.records import identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formcheck.profile import Profile
    from formcheck.records.rows import Summary
    from formcheck.records.store import Store
    from formcheck.report import Report, Sheet

#: so many sessions are told in detail, the latest
MOST_DETAILS = 12
#: SQLite keeps moments as seconds with fractions, which do not come back to the last digit
JUST_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line.

    `number` and `clip_of`: the session, or the clip it is judged from. `profile`: the person's, None where the one that
    is kept counts.
    """

    number: int | None
    clip_of: Path | None
    since: date | None
    person: str | None
    frames: bool
    clip: Path | None
    profile: Profile | None
    data_dir: Path | None


def report(
    what: Annotated[
        str | None, typer.Argument(metavar="[SESSION|CLIP]", help="A session's number in the rep log, or a clip.")
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="The last session with all its sets (the default).")] = False,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="All sessions since a day, YYYY-MM-DD.")] = None,
    person: Person = None,
    data_dir: DataDir = None,
    profile: ProfilePath = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write (default: formcheck-report-DATE-NUMBER.html)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier report.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    with_frames: Annotated[
        bool, typer.Option("--with-frames", help="Add pictures of the best and the worst repetition.")
    ] = False,
    clip: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The film to take them from, where it is not known.")
    ] = None,
) -> None:
    """Make a report to read, print or hand to a physiotherapist: one HTML file that needs nothing from outside.

    Example: formcheck report --last --open
    """
    say = Console(stderr=True)
    try:
        wishes = _asked(what, last, since, with_frames, clip, _profile(profile), whose(person, data_dir), data_dir)
        path = _made(wishes, out, force, say)
    except FormcheckError as error:
        complain(say, error)
        raise typer.Exit(error.exit_code) from error
    Console().print(f"Saved the report in {escape(str(path))}", highlight=False, soft_wrap=True)
    if open_it and not webbrowser.open(path.resolve().as_uri()):
        say.print("No browser could be opened; open the file by hand.", highlight=False, soft_wrap=True)


def _asked(
    what: str | None,
    last: bool,
    since: str | None,
    frames: bool,
    clip: Path | None,
    profile: Profile | None,
    person: str | None,
    data_dir: Path | None,
) -> Wishes:
    """Return the wishes, checked; SetupError when one cannot be met or two exclude each other."""
    if (what is not None) + last + (since is not None) > 1:
        raise SetupError("That is more than one choice.", "Give a session's number, a clip, --last or --since DATE.")
    if clip is not None and not frames:
        raise SetupError("--clip is for the pictures.", "Add --with-frames to have them in the report.")
    if clip is not None and since is not None:
        raise SetupError("One clip cannot be of many sessions.", "Leave --clip out, or choose one session.")
    number = int(what) if what is not None and what.isascii() and what.isdecimal() and len(what) < 19 else None
    clip_of = Path(what) if what is not None and number is None else None
    if person is None and profile is not None:
        person = profile.name or None
    return Wishes(number, clip_of, _day(since), person, frames, clip, profile, data_dir)


def _profile(path: Path | None) -> Profile | None:
    """Return the profile in that file, None where none is named; SetupError when it is wrong."""
    from formcheck import profile

    return None if path is None else profile.load(path)


def _day(text: str | None) -> date | None:
    """Return the day; SetupError when the text is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SetupError(f"'{text}' is no date.", "Give --since as year-month-day, such as 2026-03-01.") from error


def _made(wishes: Wishes, out: Path | None, force: bool, say: Console) -> Path:
    """Make the report and return where it is."""
    from formcheck.records import home, whole
    from formcheck.records.store import Store

    if wishes.clip_of is not None and out is None:
        out = _beside(wishes.clip_of)
    folder = home.data_folder(wishes.data_dir)
    with Store(folder) as store:
        if store.note:
            say.print(escape(store.note), highlight=False, soft_wrap=True)
        if out is not None:
            whole.check_free(out, force=force)
        chosen, sheets = _chosen(store, wishes, say)
        path = out if out is not None else _named(wishes, chosen)
        whole.check_free(path, force=force)
        made = _report(store, chosen, sheets, wishes, folder)
    from formcheck.report import page

    if wishes.clip_of is not None and path == _beside(wishes.clip_of):
        _make_folder(path.parent)
    for remark in made.remarks:
        say.print(escape(remark), highlight=False, soft_wrap=True)
    return whole.write(path, page(made), force=force)


def _beside(clip: Path) -> Path:
    """Return the file for a clip's report when none is asked for."""
    from formcheck.records import folder

    return folder.beside(clip) / "report.html"


def _named(wishes: Wishes, chosen: Sequence[Summary]) -> Path:
    """Return the file for a report of sessions in the rep log when none is asked for."""
    day = wishes.since or chosen[-1].started_at.date()
    return Path(f"formcheck-report-{day.isoformat()}-{chosen[-1].id}.html")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The report cannot be written to {folder} ({error.strerror or error}).", "Choose a file with --out FILE."
        ) from error


# -- which sessions ---------------------------------------------------------------------------------------------------


def _chosen(store: Store, wishes: Wishes, say: Console) -> tuple[tuple[Summary, ...], tuple[Sheet, ...]]:
    """Return the sessions that the report is about, earliest first, and those told in detail, latest first.

    SetupError when there are none.
    """
    from formcheck.report import Sheet
    from formcheck.report.sheet import summary

    if wishes.since is not None:
        chosen = _since(store, wishes.since, wishes.person)
        numbers = [one.id for one in chosen]
    elif wishes.clip_of is not None:
        numbers = list(store.sitting(identity.of_clip(wishes.clip_of)))
        if not numbers:
            judged = _judged(store, wishes.clip_of, wishes, say)
            return tuple(summary(sheet.session) for sheet in judged), judged[::-1]
    elif wishes.number is not None:
        numbers = [wishes.number]
    else:
        latest = store.sessions(person=wishes.person, last=1)
        if not latest:
            raise _nothing(store, wishes.person)
        numbers = list(store.sitting(latest[0].sitting))
    sheets = tuple(Sheet(store.session(number), store.trace(number)) for number in numbers[: -MOST_DETAILS - 1 : -1])
    if wishes.since is None:
        chosen = tuple(summary(store.session(number)) for number in numbers)
    return chosen, sheets


def _judged(store: Store, clip: Path, wishes: Wishes, say: Console) -> tuple[Sheet, ...]:
    """Judge a clip that is not in the rep log, keep it there if somebody exercised in it, and return its sets.

    FormcheckError when it cannot be read at all.
    """
    from formcheck.analysis.clip import Order, analyse
    from formcheck.report import Sheet

    who = wishes.profile or kept_profile(wishes.person or "", wishes.data_dir)[0]
    with progress(say, clip.name) as tell:
        found = analyse(Order(clip, exercises_called(AUTO, who), who.height_cm), tell)
    if found.trouble is not None:
        if not found.results:
            raise found.trouble
        complain(say, found.trouble)
    made = sessions(found, wishes.person or who.name)
    if any(result.reps for result in found.results):
        return tuple(Sheet(store.session(number), store.trace(number)) for number in store.put(made, replace=True))
    return tuple(Sheet(session, trace) for session, trace in made)


def _since(store: Store, since: date, person: str | None) -> tuple[Summary, ...]:
    """Return one person's sessions since that day began, by this computer's clock."""
    # further away, not every system knows its own zone; and nobody has exercised with formcheck then
    day = min(max(since, date(1971, 1, 1)), date(2999, 12, 31))
    chosen = store.sessions(person=person, since=datetime(day.year, day.month, day.day).astimezone())
    if not chosen:
        if not store.sessions(person=person, last=1):
            raise _nothing(store, person)
        raise SetupError(f"There is no session since {since.isoformat()}.", "Choose an earlier day.")
    people = sorted({one.person for one in chosen})
    if len(people) > 1:
        names = ", ".join(f"'{name}'" for name in people)
        raise SetupError(f"These sessions are of several people: {names}.", "Choose one of them with --person NAME.")
    return chosen


def _nothing(store: Store, person: str | None) -> SetupError:
    """Return the error that says there is no session, or none of this person."""
    known = [f"'{name}'" for name in dict.fromkeys(total.person for total in store.totals())]
    if person is not None and known:
        return SetupError(
            f"There is no session of '{person}' in the rep log.", f"Choose one of: {', '.join(known[:10])}."
        )
    return SetupError(
        "There is no session in the rep log yet.", "Do a set with formcheck live, then ask for its report."
    )


# -- what is said of them ---------------------------------------------------------------------------------------------


def _report(
    store: Store, chosen: Sequence[Summary], sheets: tuple[Sheet, ...], wishes: Wishes, folder: Path
) -> Report:
    """Return all that the report says."""
    from formcheck import dose, words
    from formcheck.records.log import LATEST
    from formcheck.report import Report

    person, now = chosen[-1].person, datetime.now().astimezone()
    who = wishes.profile or kept_profile(person, wishes.data_dir)[0]
    week = dose.week(store.sessions(person=person, last=LATEST), who.plan, now)
    remarks: tuple[str, ...] = ()
    if wishes.frames:
        sheets, remarks = _with_pictures(store, sheets, wishes, folder)
    return Report(
        person=person,
        made_at=now,
        sheets=sheets,
        chosen=tuple(chosen),
        past=_past(store, chosen, person),
        plan=who.plan,
        dose=dose.sentences(week, words.load()),
        since=wishes.since,
        remarks=remarks,
    )


def _past(store: Store, chosen: Sequence[Summary], person: str) -> tuple[Summary, ...]:
    """Return the sessions for the trend: the latest of each exercise, up to the last one chosen of it."""
    from formcheck.report.trend import MOST

    out: list[Summary] = []
    for name, until in {one.exercise: one.started_at for one in chosen}.items():
        out += store.sessions(person=person, exercise=name, until=until + JUST_AFTER, last=MOST)
    return tuple(sorted(out, key=lambda one: (one.started_at, one.id)))


def _with_pictures(
    store: Store, sheets: Sequence[Sheet], wishes: Wishes, folder: Path
) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Return the sheets with pictures of their best and worst repetition, and a sentence for those without a film."""
    import dataclasses

    from formcheck.capture.stills import stills
    from formcheck.report import choice

    out, without = [], []
    for sheet in sheets:
        film = _film(store, sheet, wishes, folder)
        result = sheet.session.result
        known = {posture.rep for posture in sheet.trace.postures}
        reps = [rep for rep in (choice.best(result, known), choice.worst(result)) if rep is not None]
        found = stills(film, [rep.peak_s for rep in reps]) if film is not None and reps else {}
        pictures = {rep.index: found[rep.peak_s] for rep in reps if rep.peak_s in found}
        if len(pictures) < len(reps):
            without.append(str(sheet.session.id))
        out.append(dataclasses.replace(sheet, pictures=pictures))
    if not without:
        return tuple(out), ()
    noun = "session" if len(without) == 1 else "sessions"
    return tuple(out), (f"There is no film of {noun} {', '.join(without)} with the pictures; drawings stand alone.",)


def _film(store: Store, sheet: Sheet, wishes: Wishes, folder: Path) -> Path | None:
    """Return the clip or the film of a session, None when none is at hand; SetupError when it is another's."""
    sitting = sheet.session.sitting
    if wishes.clip is not None:
        # of a session that was judged from a clip, it is known from which
        if len(sitting) == identity.CLIP_LETTERS and identity.of_clip(wishes.clip) != sitting:
            raise SetupError(
                f"Session {sheet.session.id} was not judged from {wishes.clip}.",
                "Give the clip that it was judged from.",
            )
        return wishes.clip
    if wishes.clip_of is not None:
        return wishes.clip_of
    # a film is called by when the first set of it began
    first = store.session(store.sitting(sitting)[0]).started_at
    kept = folder / "films" / f"{first:%Y-%m-%d %H-%M-%S}.mp4"
    return kept if kept.exists() else None
