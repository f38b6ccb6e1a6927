"""A clip that is judged on another computer: what is sent there, and what is done there, in a Dask worker.

May not know: who sent it, how the cluster is found.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from formcheck import __version__
from formcheck.analysis.clip import Analysis, Order, analyse
from formcheck.crew import now_and_then
from formcheck.errors import FormcheckError, SetupError
from formcheck.form.rules import Exercise
from formcheck.records import folder

#: whatever threads the worker has, one clip at a time. A clip keeps more than one core busy by itself.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A clip on its way to a worker, with what is asked for. No paths: the worker's system may have others.

    `given`: the clip's path as its owner knows it. `modified_ns`: when the file was last changed. `version`: the
    sender's formcheck. `topic`, `number`: under which the worker says how far it is.
    """

    given: str
    name: str
    content: bytes
    modified_ns: int
    exercises: tuple[Exercise, ...]
    height_cm: float | None
    language: str
    film: bool
    version: str
    topic: str
    number: int


def judged_there(parcel: Parcel) -> tuple[Analysis, bytes | None]:
    """Analyse a parcel's clip in this process, a worker's; return what came of it and the film's bytes, if any."""
    from distributed import get_worker

    if parcel.version != __version__:
        raise other_version(get_worker().address, __version__)

    def tell(share: float) -> None:
        get_worker().log_event(parcel.topic, {"number": parcel.number, "share": share})

    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="formcheck-", ignore_cleanup_errors=True) as place:
        clip = Path(place, "clip", parcel.name)
        clip.parent.mkdir()
        try:
            clip.write_bytes(parcel.content)
            os.utime(clip, ns=(parcel.modified_ns, parcel.modified_ns))
        except (OSError, ValueError) as error:
            wrong = f"The worker {get_worker().address} cannot store {parcel.given} ({error})."
            return Analysis((), trouble=SetupError(wrong, "Free some room there, or give the clip a plain name.")), None
        results = Path(place, "results") if parcel.film else None
        order = Order(clip, parcel.exercises, parcel.height_cm, None, parcel.language, target=results, film=parcel.film)
        found = analyse(order, now_and_then(tell))
        film = (results / folder.FILM).read_bytes() if results is not None and found.film else None
        trouble = found.trouble and _of_the_owner(found.trouble, str(clip), parcel.given)
        return dataclasses.replace(found, saved=None, trouble=trouble), film


def _of_the_owner(error: FormcheckError, here: str, given: str) -> FormcheckError:
    """Return the error with the clip's own path in place of the worker's."""
    return type(error)(error.wrong.replace(here, given), error.remedy.replace(here, given))


def version_there() -> str:
    """Return the formcheck of the process this runs in."""
    return __version__


def other_version(worker: str, version: str) -> SetupError:
    """Return the refusal of a worker that has `version`, another than the sender."""
    return SetupError(
        f"The worker {worker} has formcheck {version}, and this computer another.",
        "Install the same formcheck on all computers of the cluster, and start the workers again.",
    )
