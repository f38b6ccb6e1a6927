"""Loaded by every Python process with this folder on its path: notes each reach for a network, and forbids it.

A line of JSON in the file that WATCH_LOG names for each process that begins ("began") and for each socket that is
connected, bound or sent from, each name that is looked up and each web address that is asked for. Only sockets of this
computer's own programs (AF_UNIX, AF_NETLINK) and the addresses in WATCH_ALLOWED ("host:port", between blanks) pass;
what else is tried fails with a RuntimeError, which nothing takes for an ordinary trouble of the network.
May not know: formcheck.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys

_ALLOWED = frozenset(os.environ.get("WATCH_ALLOWED", "").split())
_LOCAL = {getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK") if hasattr(socket, name)}
_ADDRESSED = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_NAMED = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
#: these go on to a socket; noted here as well, since they say what was wanted
_ASKED = {"urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect", "webbrowser.open"}

_LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _note(event: str, what: str, forbidden: bool) -> None:
    line = {"pid": os.getpid(), "event": event, "what": what, "forbidden": forbidden}
    os.write(_LOG, json.dumps(line).encode() + b"\n")


def _numeric(host: object) -> bool:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return True


def _place(address: object) -> str:
    if isinstance(address, tuple) and len(address) >= 2:
        return f"{address[0]}:{address[1]}"
    return os.fsdecode(address) if isinstance(address, str | bytes) else repr(address)


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event in _ADDRESSED:
        one, address = args[0], args[-1]
        if address is None:  # sent where the socket is connected to, which was looked at then
            return
        what = _place(address)
        forbidden = one.family not in _LOCAL and what not in _ALLOWED
    elif event in _NAMED:
        what = str(args[0])
        forbidden = args[0] is not None and not _numeric(args[0])
    elif event in _ASKED:
        what = " ".join(str(arg) for arg in args if isinstance(arg, str | int))
        forbidden = not any(f"//{place}" in what for place in _ALLOWED)
    else:
        return
    _note(event, what, forbidden)
    if forbidden:
        raise RuntimeError(f"{event}: {what} is not on this computer")


_note("began", " ".join(sys.orig_argv), False)
sys.addaudithook(_hook)
