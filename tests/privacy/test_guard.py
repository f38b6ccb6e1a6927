"""The guards see what they are for: each way out of the computer is tried here, and caught.

Nothing is really sent: 192.0.2.1 and 2001:db8::1 are kept free for examples, and a UDP socket that is connected says
nothing yet.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

import pytest
import system_calls
from guarded import Place, needs_tracing

PYTHON = (sys.executable, "-c")

#: what Python's own account has to notice, and what it says of it
BY_PYTHON = {
    "connect": ("socket.socket().connect(('192.0.2.1', 443))", "192.0.2.1:443"),
    "connect_ex": ("socket.socket().connect_ex(('192.0.2.1', 443))", "192.0.2.1:443"),
    "create_connection": ("socket.create_connection(('192.0.2.1', 443), 1)", "192.0.2.1:443"),
    "sendto": ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", "192.0.2.1:53"),
    "bind": ("socket.socket().bind(('0.0.0.0', 0))", "0.0.0.0:0"),
    "listen": ("socket.create_server(('', 0))", ":0"),
    "another program here": ("socket.socket().connect(('127.0.0.1', 9))", "127.0.0.1:9"),
    "a name": ("socket.getaddrinfo('formcheck.invalid', 443)", "formcheck.invalid"),
    "an old name": ("socket.gethostbyname('formcheck.invalid')", "formcheck.invalid"),
    "a page": ("urllib.request.urlopen('http://192.0.2.1/')", "http://192.0.2.1/"),
    "swallowed": (
        "\ntry:\n    socket.socket().connect(('192.0.2.1', 1))\nexcept Exception:\n    pass", "192.0.2.1:1"
    ),
    "a process of its own": (
        "subprocess.run([sys.executable, '-c', 'import socket; socket.socket().connect((\"192.0.2.1\", 2))'])",
        "192.0.2.1:2",
    ),
}  # fmt: skip

#: the same by the C library alone, of which Python knows nothing
LIBC = """
import ctypes, socket, struct, threading
libc = ctypes.CDLL(None, use_errno=True)
inet = struct.pack("=HHI8x", socket.AF_INET, socket.htons(9), int.from_bytes(socket.inet_aton("192.0.2.1"), "little"))
there = socket.inet_pton(socket.AF_INET6, "2001:db8::1")
inet6 = struct.pack("=HHI16sI", socket.AF_INET6, socket.htons(9), 0, there, 0)
anywhere = struct.pack("=HHI8x", socket.AF_INET, 0, 0)
udp = libc.socket(socket.AF_INET, socket.SOCK_DGRAM, 0)
udp6 = libc.socket(socket.AF_INET6, socket.SOCK_DGRAM, 0)
resolver = struct.pack("=H", socket.AF_UNIX) + b"/run/systemd/resolve/io.systemd.Resolve\\0"
local = libc.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)
"""
BY_SYSTEM = {
    "connect": ("libc.connect(udp, inet, len(inet))", '"192.0.2.1"'),
    "connect 6": ("libc.connect(udp6, inet6, len(inet6))", '"2001:db8::1"'),
    "bind": ("libc.bind(udp, anywhere, len(anywhere))", '"0.0.0.0"'),
    "sendto": ("libc.sendto(udp, b'', 0, socket.MSG_DONTROUTE, inet, len(inet))", "sendto("),
    "thread": (
        "one = threading.Thread(target=libc.connect, args=(udp, inet, len(inet))); one.start(); one.join()", "connect("
    ),
    "a name": ("libc.getaddrinfo(b'formcheck.invalid', None, None, ctypes.byref(ctypes.c_void_p()))", "resolv.conf"),
    "who looks up names": ("libc.connect(local, resolver, len(resolver))", "io.systemd.Resolve"),
    "raw": ("libc.socket(17, 3, 0)", "AF_PACKET"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(("code", "what"), BY_PYTHON.values(), ids=BY_PYTHON)
def test_python_is_caught(place, code, what):
    place.tracing = False
    seen = place.run(f"import socket, subprocess, sys, urllib.request\n{code}", command=PYTHON)
    assert any(what in told for told in seen.elsewhere_by_python()), (seen.events, seen.err)


def test_python_is_caught_in_the_processes_of_several_clips(place):
    place.tracing = False
    code = "import multiprocessing as m; p = m.get_context('spawn').Process(target=divmod, args=(1, 1)); p.start()"
    assert len(place.run(f"{code}; p.join()", command=PYTHON).began) >= 2


def test_python_may_reach_what_is_allowed(place):
    place.tracing = False
    with socket.create_server(("127.0.0.1", 0)) as one:
        there = f"127.0.0.1:{one.getsockname()[1]}"
        code = "import socket; socket.create_connection(('{}', {}))".format(*there.split(":"))
        seen = place.run(code, command=PYTHON, allowed=[there])
        assert (seen.code, seen.elsewhere_by_python()) == (0, [])
        assert [event.what for event in seen.events if event.event == "socket.connect"] == [there]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system's programs talk in another way")
def test_python_may_speak_to_programs_of_this_computer(place):
    place.tracing = False
    seen = place.run("import socket; socket.socket(socket.AF_UNIX).connect('none.socket')", command=PYTHON)
    assert "FileNotFoundError" in seen.err
    assert (seen.elsewhere_by_python(), seen.events[-1].what) == ([], "none.socket")


@pytest.mark.parametrize(("code", "what"), BY_SYSTEM.values(), ids=BY_SYSTEM)
def test_native_code_is_caught(place, code, what):
    needs_tracing()
    seen = place.run(LIBC + code, command=PYTHON, more={"RES_OPTIONS": "attempts:1 timeout:1"})
    assert (seen.code, seen.elsewhere_by_python()) == (0, []), seen.err
    assert any(what in told for told in seen.elsewhere_by_system()), [c for c in seen.calls if c.name != "openat"]


def test_a_ring_that_could_send_unseen_is_caught(place):
    needs_tracing()
    code = "print(libc.syscall(425, 1, ctypes.create_string_buffer(120)), ctypes.get_errno())"
    seen = place.run(LIBC + code, command=PYTHON)
    # a container may forbid it before anybody sees it, and then there is none
    forbidden = seen.out.split() in (["-1", str(errno.EPERM)], ["-1", str(errno.ENOSYS)])
    assert forbidden or any("io_uring_setup(" in told for told in seen.elsewhere_by_system())


def test_native_code_that_reaches_for_nothing_is_let_pass(place):
    needs_tracing()
    # the sockets are made, as they are to ask the system about itself, and an address of the screen is tried
    screen = "screen = struct.pack('=H', socket.AF_UNIX) + b'\\0/tmp/.X11-unix/X987'"
    seen = place.run(
        f"{LIBC}{screen}\nlibc.connect(local, screen, len(screen))", command=PYTHON, allowed=["127.0.0.1:1"]
    )
    assert (seen.code, seen.elsewhere_by_system()) == (0, [])
    assert system_calls.spoken_to(seen.calls) == {"the screen (X11, Wayland)"}


def test_native_code_may_reach_what_is_allowed_and_nothing_beside(place):
    needs_tracing()
    code = f"{LIBC}libc.connect(udp, inet, len(inet))"
    assert place.run(code, command=PYTHON, allowed=["192.0.2.1:9"]).elsewhere_by_system() == []
    assert len(place.run(code, command=PYTHON, allowed=["192.0.2.1:8"]).elsewhere_by_system()) == 1


def test_files_that_are_written_are_seen(place):
    needs_tracing()
    code = "import os; open('a', 'w'); os.mkdir('b'); os.rename('a', 'b/c'); open('b/c'); os.symlink('b', 'd')"
    seen = place.run(f"{code}\ntry: open('e/f', 'w')\nexcept OSError: pass", command=PYTHON)
    made = {path.name for path in system_calls.written(seen.calls, place.clips) if path.is_relative_to(place.clips)}
    assert (seen.code, made) == (0, {"a", "b", "c", "d"})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere nothing is traced")
@pytest.mark.parametrize(("user", "ci", "way"), [(0, "", "fail"), (1000, "true", "fail"), (1000, "", "skip")])
def test_without_the_tool_it_fails_where_it_must_not_be_missing(monkeypatch, tmp_path, user, ci, way):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(getattr(pytest, way).Exception, match="strace is not installed"):
        needs_tracing()
