"""What a program asked of Linux, for whoever wants to know what native code does: by strace, read line by line.

    command = traced(log, [sys.executable, "-m", "formcheck", ...])
    ... run it ...
    reached(read(log), allowed={"127.0.0.1:8080"})      what went elsewhere, empty when nothing did
    written(read(log), folder)                          the files that were made or opened for writing

strace sees every process and thread that the program starts. May not know: formcheck.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

#: "?": not every processor has this call. io_uring could send without any of the others being seen.
NETWORK = ("network", "?io_uring_setup")
FILES = tuple(
    f"?{name}"
    for name in (
        "open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2",
        "link", "linkat", "symlink", "symlinkat", "truncate",
    )
)  # fmt: skip

#: families of sockets that do not leave the computer; addresses of the other two are looked at one by one
LOCAL_FAMILIES = {"AF_UNIX", "AF_LOCAL", "AF_FILE", "AF_NETLINK", "AF_UNSPEC"}
INTERNET = {"AF_INET", "AF_INET6"}
#: programs of this computer that others talk to by a file; none of them passes on what formcheck says to a network of
#: its own accord. What looks up names (systemd-resolved, avahi) is not among them.
LOCAL_PROGRAMS = {
    "the screen (X11, Wayland)": r"/tmp/\.(X11|ICE)-unix/.+|.*/wayland-\d+",
    "sound (PulseAudio, PipeWire, JACK)": r".*/pulse(-\w+)?/native|.*/pipewire-\d+|.*/jack_\w+",
    "the desktop (D-Bus)": r".*/dbus-\w+|(/var)?/run/dbus/system_bus_socket|/run/user/\d+/(bus|at-spi/.+)",
    "the accounts (nscd, systemd)": r"(/var)?/run/nscd/socket|/run/systemd/userdb/.+",
}

_LINE = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<words>.*)")
_FAMILY = re.compile(r"sa_family=(\w+)")
_INTERNET = re.compile(
    r'sin_port=htons\((?P<port>\d+)\), sin_addr=inet_addr\("(?P<host>[^"]*)"\)'
    r'|sin6_port=htons\((?P<port6>\d+)\).*?inet_pton\(AF_INET6, "(?P<host6>[^"]*)"'
)
_UNIX = re.compile(r'sun_path=@?"(?P<path>[^"]*)"')
_ENDED = re.compile(r"\) += (?P<result>-?\d+|\?|0x[0-9a-f]+)")
_PATH = re.compile(r'(?:(?P<at>AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<path>[^"]*)"')


@dataclass(frozen=True)
class Call:
    """One call as strace wrote it. `words`: what was handed over and what came of it, as text."""

    pid: int
    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.pid} {self.name}({self.words}"


def why_not() -> str:
    """Return why calls cannot be looked at on this computer, "" when they can; it is tried."""
    if not sys.platform.startswith("linux"):
        return "system calls are looked at on Linux only"
    if shutil.which("strace") is None:
        return "strace is not installed (on Debian and Ubuntu: sudo apt install strace)"
    tried = subprocess.run(traced(Path(os.devnull), ["true"]), capture_output=True, text=True, timeout=30)
    return "" if tried.returncode == 0 else f"strace does not work here: {tried.stderr.strip()}"


def traced(log: Path, command: Sequence[str | Path]) -> list[str]:
    """Return the command that runs `command` and writes its calls, and those of all it starts, to the file `log`."""
    calls = ",".join((*NETWORK, *FILES))
    # stopping at these calls alone (seccomp) leaves the speed of everything else as it is
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-s", "300", "-e", "signal=none", "-e", f"trace={calls}"]
    return [*strace, "-o", str(log), "--", *map(str, command)]


def read(log: Path) -> list[Call]:
    """Return the calls in a log; one that was interrupted by another thread's counts at its beginning."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = (_LINE.match(line) for line in lines)
    return [Call(int(one["pid"]), one["name"], one["words"]) for one in found if one]


def reached(calls: Sequence[Call], allowed: Collection[str] = ()) -> list[str]:
    """Return the calls that reach, or prepare to reach, beyond this computer's own programs, as text.

    `allowed`: addresses "host:port" that may be reached all the same.
    """
    return [str(call) for call in calls if _leaves(call, allowed)]


def spoken_to(calls: Sequence[Call]) -> set[str]:
    """Return the names of the programs of this computer that were spoken to, as in LOCAL_PROGRAMS."""
    paths = {found["path"] for call in calls if (found := _UNIX.search(call.words))}
    return {name for name, pattern in LOCAL_PROGRAMS.items() if any(re.fullmatch(pattern, path) for path in paths)}


def _leaves(call: Call, allowed: Collection[str]) -> bool:
    if call.name == "io_uring_setup":
        return True
    if call.name in ("open", "openat", "openat2"):  # how the C library begins to look up a name
        return '"/etc/resolv.conf"' in call.words
    if call.name == "socket":
        family = call.words.split(",")[0]
        return family not in LOCAL_FAMILIES and not (family in INTERNET and allowed)
    if call.name not in ("connect", "bind", "sendto", "sendmsg", "sendmmsg"):
        return False
    return any(_elsewhere(call.words[one.start() :], one[1], allowed) for one in _FAMILY.finditer(call.words))


def _elsewhere(address: str, family: str, allowed: Collection[str]) -> bool:
    """Whether an address, as strace shows it, of that family is one that nobody allowed."""
    if family in INTERNET:
        found = _INTERNET.search(address)
        return found is None or f"{found['host'] or found['host6']}:{found['port'] or found['port6']}" not in allowed
    if family == "AF_UNIX":
        found = _UNIX.search(address)
        return found is None or not any(re.fullmatch(one, found["path"]) for one in LOCAL_PROGRAMS.values())
    return family not in LOCAL_FAMILIES


def written(calls: Sequence[Call], folder: Path) -> set[Path]:
    """Return every path that was made, renamed to, or opened for writing, by a program that began in `folder`."""
    out = set()
    for call in calls:
        ended = _ENDED.search(call.words)
        if call.name in ("socket", "io_uring_setup") or (ended and ended["result"] == "-1"):
            continue
        opened = call.name in ("open", "openat", "openat2")
        if opened and not re.search(r"\bO_(WRONLY|RDWR|CREAT)\b", call.words):
            continue
        paths = list(_PATH.finditer(call.words)) if f"?{call.name}" in FILES else []
        if paths:  # of two the second is the new name
            one = paths[0] if opened else paths[-1]
            out.add(Path(os.path.normpath(folder / (one["folder"] or "") / one["path"])))
    return out
