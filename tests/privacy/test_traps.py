"""Files and words that point to a place in a network lead nowhere: only --camera and --cluster take an address."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import mediapipe
import pytest
from guarded import Place, needs_tracing

#: what a player would follow; 192.0.2.1 is kept free for examples
TRAPS = {
    "playlist.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://192.0.2.1/a.ts\n#EXT-X-ENDLIST\n",
    "stream.sdp": "v=0\no=- 0 0 IN IP4 192.0.2.1\ns=x\nc=IN IP4 192.0.2.1\nt=0 0\nm=video 5004 RTP/AVP 26\n",
    "list.ffconcat": "ffconcat version 1.0\nfile 'http://192.0.2.1/a.mp4'\n",
    "redirect.mov": "RTSPtext\r\nrtsp://192.0.2.1/a\r\n",
    "dash.mpd": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT5S" minBufferTime="PT1S">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        "<BaseURL>http://192.0.2.1/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
}
WORDS = [
    "analyse http://192.0.2.1/a.mp4",
    "analyse rtsp://192.0.2.1/a --model http://192.0.2.1/a.task",
    "report http://192.0.2.1/a.mp4",
    "history import http://192.0.2.1/history.json",
    "profile import http://192.0.2.1/anna.toml",
    "live --camera playlist.m3u8 --mute",
    "live --camera http.mp4 --profile http://192.0.2.1/anna.toml",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Place:
    made = Place(tmp_path_factory.mktemp("traps"))
    for name, text in TRAPS.items():
        (made.clips / name).write_text(text, encoding="utf-8")
        # a clip's name says nothing about what is in it
        (made.clips / f"{Path(name).stem}.mp4").write_text(text, encoding="utf-8")
    return made


def test_no_clip_leads_elsewhere(place):
    needs_tracing()
    seen = place.run("analyse", *sorted(one.name for one in place.clips.glob("*.*")), "--workers", "1", "--no-video")
    assert (seen.code, seen.elsewhere_by_system(), seen.elsewhere_by_python()) == (2, [], [])
    assert seen.err.count("is not a video this program can read") == 2 * len(TRAPS)


@pytest.mark.parametrize("words", WORDS)
def test_no_word_of_a_command_leads_elsewhere(place, words):
    needs_tracing()
    seen = place.run(*words.split())
    assert (seen.code, seen.elsewhere_by_system(), seen.elsewhere_by_python()) == (2, [], [])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems name such calls in other ways")
def test_the_library_of_the_pose_model_knows_no_way_into_a_network():
    # what a library wants of the system it names, between zeros; the one that reads clips shows that this would be seen
    calls = {b"socket", b"connect", b"sendto", b"sendmsg", b"getaddrinfo", b"gethostbyname"}
    packages = Path(mediapipe.__file__).parents[1]

    def named(library: Path) -> set[bytes]:
        text = library.read_bytes()
        return {call for call in calls if re.search(rb"\0%b\0" % call, text)}

    assert {b"socket", b"connect"} <= named(next(packages.glob("av.libs/libavformat-*")))
    libraries = list((packages / "mediapipe").rglob("*.so"))
    assert libraries
    assert [named(library) for library in libraries] == [set()] * len(libraries)
