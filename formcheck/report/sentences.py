"""All that the report says in words of its own, in English; what exercises and checks are called is in the words.

Short whole sentences, for a person of seventy and a physiotherapist alike. Every function returns plain text.
May not know: HTML, where anything stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from formcheck.plan import Plan
from formcheck.report.certainty import HELD_OUT
from formcheck.types import Result, Verdict
from formcheck.words import Words

#: fault: as a name, and as what happened
FAULTS = {
    "too_low": ("too low to count", "The lift was too low to count"),
    "too_high": ("too high", "The lift was too high"),
    "overarch": ("lower back arched", "The lower back arched too far"),
    "chin_up": ("chin up", "The chin came up"),
    "feet_up": ("foot off the mat", "A foot left the mat"),
    "too_fast": ("too fast", "The movement was too fast"),
    "head_up": ("head off the mat", "The head left the mat"),
    "knee_bent": ("knee bent", "The knee was bent"),
    "both_legs": ("both legs up", "The other leg rose as well"),
    "no_arm": ("arm not raised", "The arm stayed down"),
    "same_side_arm": ("arm of the same side", "The arm of the same side rose"),
    "not_together": ("arm and leg apart", "Arm and leg did not rise together"),
}
MEASURES = {
    "chest_lift_cm": "Chest lift",
    "lumbar_extension_deg": "Lower back",
    "neck_extension_deg": "Chin",
    "foot_rise_cm": "Feet",
    "head_rise_cm": "Head",
    "thigh_lift_deg": "Leg lift",
    "leg_raise_deg": "Whole leg",
    "other_leg_lift_deg": "Other leg",
    "knee_bend_deg": "Knee bend",
    "arm_raise_deg": "Arm lift",
    "same_side_arm_raise_deg": "Arm of the same side",
}
UNITS = {"deg": "°", "cm": " cm", "s": " s"}
VERDICTS = {Verdict.OK: "in order", Verdict.FAULT: "fault", Verdict.UNSURE: "not sure"}
PAIN = {
    "none": "No pain was marked after this set.",
    "some": "Some pain was marked after this set. Please ask your physiotherapist before you go on.",
    "stop": "The person had to stop because of pain. Please ask your physiotherapist before you go on.",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: what stands in the page as it is
PAGE = {
    "report": "Exercise report",
    "skip": "Skip to the report",
    "overview": "Overview",
    "dose": "How much this week",
    "plan": "The plan:",
    "plan_alone": "How much is planned",
    "summary": "In short",
    "counted": "counted",
    "good": "without a fault",
    "attempts": "too low to count",
    "work_on": "To work on",
    "safety": "Safety first",
    "left_right": "Left and right",
    "pain": "Pain",
    "curves": "The set over time",
    "curves_how": "Each strip is one measure, as a change from lying at rest. Shaded: a repetition, with its "
    "number above. Dashed: a limit. Triangle: a fault, at the top of the lift; open circle: not sure. A gap in the "
    "line: nothing was seen.",
    "no_curves": "No curves were kept of this session, so they cannot be drawn.",
    "sideways": "The picture is wide: move it sideways to see the rest.",
    "figures": "Best and worst",
    "best": "The best",
    "worst": "The worst",
    "best_why": "Without a fault, the most checks seen, and furthest from every limit.",
    "worst_why": "Chosen by: a fault of safety first, then the most faults, then the furthest beyond its limit.",
    "no_best": "No repetition was without a fault.",
    "no_worst": "No repetition had a fault, so none is shown as the worst.",
    "no_drawing": "How the body lay was not kept, so it cannot be drawn.",
    "figures_how": "Drawn from the points of the body that were seen, from the side. Faint: at rest. Bold: at "
    "the top. The side near the camera is thick, the far side thin; a part with a fault is thicker and marked with !, "
    "what was not sure is dashed and marked with ?.",
    "picture": "The picture at the top of the lift.",
    "reps": "Every repetition",
    "reps_how": "Values at the top of the lift, against lying at rest.",
    "no_reps": "No repetition was seen in this session.",
    "rep": "No.",
    "at": "At",
    "side": "Side",
    "phases": "Up / hold / down",
    "verdict": "Verdict",
    "reasons": "Reasons",
    "in_order": "In order",
    "trend": "From session to session",
    "trend_how": "One bar for each session, latest last: all that counted, and filled, those without a fault.",
    "trend_few": "This is the first session of this exercise; the next one will show how it goes on.",
    "figures_of": "The figures of these sessions",
    "side_untold": "side not told",
    "session": "Session",
    "exercise": "Exercise",
    "main_fault": "Main fault",
    "sure": "How sure this is",
    "unseen": "What was not seen or not sure",
    "all_seen": "Every check of every repetition could be told.",
    "view": "The view",
    "notes": "Notes",
    "rest": "The rest that everything is measured from",
    "limits": "The limits in force",
    "limits_how": "What is beyond its limit by more than the measure may err is a fault.",
    "no_limits": "No limits are known of this session.",
    "fault": "Fault",
    "limit": "Limit",
    "set_by": "Set by",
    "shipped": "formcheck",
    "sessions": "Sessions",
    "sessions_how": "All sessions of this report, the latest first. Those with a link are told in detail below.",
    "unlisted": "earlier ones are not in the table.",
    "undetailed": "more are in the figures above, and not told in detail.",
    "unknown": "Exercise not told",
    "device": "formcheck is no medical device and no substitute for a physiotherapist. If an exercise hurts, stop.",
    "private": "This report was made on this computer, and nothing left it. "
    "The file needs no network and runs no program.",
}  # fmt: skip

#: control characters, halves of characters and ends of lines, which would break the page or could not be written
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
#: what turns the direction of all that follows; names in any script need none of it
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: a name longer than this is cut; nobody reads on
MOST_LETTERS = 160


def shown(text: str, most: int = MOST_LETTERS) -> str:
    """Return somebody's own text fit to be shown: nothing unprintable, and not longer than `most` letters."""
    clean = "".join("\ufffd" if unicodedata.category(letter) in _UNSEEN else letter for letter in text)
    clean = _TURNING.sub("", clean).strip()
    return clean if len(clean) <= most else f"{clean[:most].rstrip()} … ({len(clean):,} letters)"


def fault_name(fault: str) -> str:
    """Return what a fault is called; one of somebody's own goes by its own name."""
    return FAULTS[fault][0] if fault in FAULTS else shown(re.sub("[_-]", " ", fault), 60)


def happened(fault: str) -> str:
    """Return what a fault is, as the beginning of a sentence."""
    return FAULTS[fault][1] if fault in FAULTS else f"The fault “{fault_name(fault)}” was seen"


def measure_name(measure: str) -> str:
    """Return what a measure is called; one without words goes by its own name, without its unit."""
    return MEASURES.get(measure) or shown(re.sub("[_-]", " ", re.sub("_(cm|deg|s)$", "", measure)).capitalize(), 40)


def behind(unit: str) -> str:
    """Return a unit as it stands behind a number."""
    return UNITS[unit] if unit in UNITS else f" {shown(unit, 20)}"


def number(value: float, unit: str) -> str:
    """Return a value with its unit, as people write it: "12°", "3.4 cm"; the 0 of a small negative one without sign."""
    places = 0 if unit == "deg" else 1
    return f"{round(value, places) + 0.0:.{places}f}{behind(unit)}".replace("-", "−")


def limit(value: float, unit: str) -> str:
    """Return a limit with its unit."""
    return f"{value:g}{behind(unit)}"


def reason(why: str) -> str:
    """Return a finding's reason with its degrees as people write them."""
    return shown(re.sub(r"(?<=\d) deg\b", "°", why), 600)


def clock(t_s: float) -> str:
    """Return a moment of a recording as minutes and seconds, "?" when it is not known."""
    if not abs(t_s) < 1e7:
        return "?"
    minutes, seconds = divmod(round(t_s), 60)
    return f"{minutes}:{seconds:02d}"


def long(duration_s: float) -> str:
    """Return how long something took."""
    minutes, seconds = divmod(round(duration_s) if abs(duration_s) < 1e7 else 0, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def day(moment: date) -> str:
    """Return a date in words."""
    return f"{WEEKDAYS[moment.weekday()]}, {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def short_day(moment: date) -> str:
    """Return a date as short as can be read: "4 Mar"."""
    return f"{moment.day} {MONTHS[moment.month - 1][:3]}"


def when(moment: datetime) -> str:
    """Return date and time as the clock on the wall showed them."""
    return f"{day(moment)}, {moment:%H:%M}"


def many(count: int, one: str, more: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def listed(names: Iterable[object]) -> str:
    """Return "a, b and c"."""
    *first, last = [str(name) for name in names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def in_short(result: Result) -> str:
    """Return what came of a set, in one or two sentences."""
    attempts = len(result.reps) - result.counted
    low = f" {many(attempts, 'attempt')} {'was' if attempts == 1 else 'were'} too low to count." if attempts else ""
    if not result.counted:
        return f"No repetition counted.{low}" if result.reps else PAGE["no_reps"]
    noun = many(result.counted, "repetition")
    if result.good == result.counted:
        return f"{noun}, {'all' if result.counted > 1 else 'and it was'} without a fault.{low}"
    return f"{noun}, {result.good or 'none'} without a fault.{low}"


def faults(result: Result, *, safety: bool) -> list[str]:
    """Return a sentence for each fault of safety, or each other one, most frequent first, with the repetitions."""
    found = [f for rep in result.reps for f in rep.findings if f.verdict is Verdict.FAULT]
    serious = {f.fault for f in found if f.safety}
    out = []
    for fault, count in result.fault_counts.items():
        if (fault in serious) is safety and fault != "too_low":
            numbers = [label(result, index) for index, rep in enumerate(result.reps) if fault in rep.faults]
            out.append(f"{happened(fault)} in {many(count, 'repetition')} ({where(numbers)}).")
    return out


def label(result: Result, index: int) -> str:
    """Return the number of the repetition in that place as it was counted, "–" for an attempt."""
    return str(sum(rep.counted for rep in result.reps[: index + 1])) if result.reps[index].counted else "–"


def where(numbers: Sequence[str]) -> str:
    """Return which repetitions are meant, by their numbers; attempts, which have none, by how many."""
    counted = [one for one in numbers if one != "–"]
    attempts = len(numbers) - len(counted)
    parts = [f"no. {listed(counted)}"] if counted else []
    return ", ".join([*parts, *([many(attempts, "attempt")] if attempts else [])])


def side_names(sides: Iterable[str | None]) -> list[tuple[str | None, str]]:
    """Return each side that there is, with what it is called: left, right, any of somebody's own, and not told."""
    there = set(sides)
    order = ["left", "right", *sorted(side for side in there if side not in (None, "left", "right")), None]
    return [(side, shown(side, 20).capitalize() if side else "Side not told") for side in order if side in there]


def sides(result: Result) -> list[str]:
    """Return what each leg did, and whether they took turns; for exercises with a left and a right."""
    out = []
    for side, name in side_names(rep.side for rep in result.reps):
        mine = [rep for rep in result.reps if rep.side == side]
        counted, good = sum(rep.counted for rep in mine), sum(rep.good for rep in mine)
        out.append(f"{name}: {many(counted, 'repetition')}, {good or 'none'} without a fault.")
    if result.alternated is not None:
        out.append("Left and right took turns." if result.alternated else "Left and right did not always take turns.")
    elif result.counted > 1:
        out.append("Whether left and right took turns cannot be told.")
    return out


def ended(how: str | None, target: int | None, counted: int) -> str:
    """Return how the set ended against what was asked for, "" where there is nothing to say."""
    if how is None:
        return "This session was cut off, so only its finished repetitions are known."
    return f"{counted} of {target} repetitions that were asked for." if target else ""


def plan(plan: Plan) -> str:
    """Return the plan in one sentence."""
    days = f"{plan.least_days_a_week} or {plan.days_a_week}" if plan.least_days_a_week < plan.days_a_week else "1"
    held = "" if plan.hold_s is None else f", each held for {plan.hold_s:g} s"
    who = f" Set by {shown(plan.set_by)}." if plan.set_by else " As it is commonly taught; nobody has set another."
    times = {1: "once a day", 2: "once or twice a day"}.get(plan.times_a_day, f"up to {plan.times_a_day} times a day")
    noun = "day" if plan.days_a_week == 1 else "days"
    return f"up to {plan.reps} in a row{held}, {times}, on {days} {noun} a week.{who}"


def rest(result: Result) -> list[str]:
    """Return what is known of the rest, and whether heights are true to size."""
    out = []
    if result.rest is None:
        out.append("No rest was taken, or none is known.")
    else:
        facts = result.rest
        out.append(f"Taken at {clock(facts.taken_at_s)} from {facts.still_s:.1f} s of lying still.")
        out.append(f"While lying still the chest’s height jittered by {facts.noise_cm:.1f} cm, breathing included.")
        out.append(f"The picture is tilted by {abs(facts.tilt_deg):.0f}°, which is allowed for.")
        if not facts.outline_seen:
            out.append("The outline of the back was not seen well.")
    if result.height_cm is None and not any("approximate" in note for note in result.notes):
        out.append("Heights in cm are approximate, since the person’s height was not given.")
    if result.height_cm is not None:
        out.append(f"Heights in cm are scaled by the person’s height, {result.height_cm:g} cm.")
    if result.head_side in ("left", "right"):
        out.append(f"The head lay to the {result.head_side} of the picture.")
    return out


def unsure(result: Result, words: Words) -> list[str]:
    """Return a sentence for each check and reason that could not be told, with the repetitions, most frequent first."""
    found: dict[tuple[str, str], list[str]] = {}
    for index, rep in enumerate(result.reps):
        for finding in rep.findings:
            if finding.verdict is Verdict.UNSURE:
                # the values differ in each; they stand at the repetition itself
                close = "too close to the limit" in finding.why
                why = "too close to the limit to tell" if close else reason(finding.why).rstrip(".")
                found.setdefault((finding.check, why), []).append(label(result, index))
    out = []
    for (check, why), numbers in sorted(found.items(), key=lambda item: -len(item[1])):
        name = shown(words.name("check", check), 60)
        out.append(
            f"{name}: not sure in {many(len(numbers), 'repetition')} ({where(numbers)}): {why[:1].lower()}{why[1:]}."
        )
    return out


def sureness() -> str:
    """Return how sure such a judgement is in general, in one plain paragraph."""
    m = HELD_OUT
    return (
        f"How sure is such a judgement? It was tried on {m.people} rendered people whom formcheck had never seen, in "
        f"{m.clips} clips with {m.repetitions} repetitions whose truth is known. The count was exactly right in "
        f"{m.exact} of {m.clips} clips. Of {m.faults} faults it found {m.hit}, was unsure about {m.unsure} and missed "
        f"{m.missed}; of {m.good} good repetitions it wrongly found fault with {m.wronged}. Real people wear more and "
        "move less neatly, and how often it is right about them has not been measured yet. “Not sure” means neither "
        "good nor bad: it could not be told."
    )
