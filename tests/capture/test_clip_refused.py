"""`Clip` and what cannot be judged at all: refused when opened, in plain words."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from clip_making import (
    RATE,
    SIZE,
    cut,
    make,
    noisy,
    overwrite,
    packets,
    picture,
    silence,
)

from formcheck.capture.clip import Clip
from formcheck.capture.reel import Reel
from formcheck.errors import SetupError


def refused(path: Path) -> SetupError:
    with pytest.raises(SetupError) as caught:
        Clip(path)
    error = caught.value
    for sentence in (error.wrong, error.remedy):
        assert sentence[0].isupper() or sentence.startswith((path.name, str(path)))
        assert sentence.endswith(".")
    return error


def test_no_such_file(tmp_path):
    assert refused(tmp_path / "nowhere" / "clip.mp4").wrong == f"There is no file {tmp_path / 'nowhere' / 'clip.mp4'}."


def test_a_folder(tmp_path):
    assert refused(tmp_path).wrong == f"{tmp_path} is a folder, not a clip."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is not a file" in refused(tmp_path / "pipe.mp4").wrong


@pytest.mark.parametrize(
    ("error", "words"),
    [(PermissionError(13, "Permission denied"), "may not be read"), (OSError(5, "Input/output"), "cannot be read")],
)
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, error, words):
    path = make(tmp_path / "clip.mp4", [picture()] * 2)

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    assert words in refused(path).wrong


def test_an_empty_file(tmp_path):
    (tmp_path / "clip.mp4").touch()
    assert refused(tmp_path / "clip.mp4").wrong == "clip.mp4 is empty."


@pytest.mark.parametrize(
    "content",
    [
        b"Dear physiotherapist,\n" * 100,
        b"\x00" * 5000,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile other.mp4\n",
    ],
    ids=["letter", "zeros", "playlist", "list of files"],
)
@pytest.mark.parametrize("suffix", ["mp4", "txt", "m3u8", "avi"])
def test_not_a_video(tmp_path, content, suffix):
    make(tmp_path / "other.mp4", [picture()] * 2)
    make(tmp_path / "other.ts", [picture()] * 2)
    (tmp_path / f"clip.{suffix}").write_bytes(content)
    assert refused(tmp_path / f"clip.{suffix}").wrong == f"clip.{suffix} is not a video this program can read."


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize("share", [0.02, 0.6, 0.99])
def test_an_mp4_whose_table_of_contents_is_missing(tmp_path, suffix, share):
    path = make(tmp_path / f"clip.{suffix}", (noisy(number) for number in range(30)))
    error = refused(cut(path, share))
    assert error.wrong == f"clip.{suffix} is cut off: its end is missing, and nothing can be read without it."
    assert "again" in error.remedy


def test_an_mp4_that_is_spoilt_otherwise_is_not_said_to_be_cut_off(tmp_path):
    path = make(tmp_path / "clip.mp4", [picture()] * 5, mux={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[4:])
    assert "is not a video" in refused(path).wrong


@pytest.mark.parametrize(("name", "cover"), [("sound.m4a", False), ("sound.wav", False), ("sound.mka", True)])
def test_sound_alone_even_with_a_cover_picture(tmp_path, name, cover):
    make(tmp_path / "cover.avi", [picture()], "mjpeg")
    position, size = packets(tmp_path / "cover.avi")[0]
    jpeg = (tmp_path / "cover.avi").read_bytes()[position : position + size]
    jpeg = jpeg[jpeg.index(b"\xff\xd8") :]
    with av.open(str(tmp_path / name), "w", format="matroska" if cover else None) as container:
        sound = container.add_stream("aac" if name.endswith("m4a") else "pcm_s16le", 8000)
        if cover:
            container.add_attachment("cover.jpg", "image/jpeg", jpeg)
        for frame in silence(0.5, sound.codec_context.format.name):
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    if cover:
        with av.open(str(tmp_path / name)) as container:
            assert container.streams.video
    assert refused(tmp_path / name).wrong == f"{name} holds sound but no film."


def test_no_picture_can_be_read(tmp_path):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(20)))
    assert refused(overwrite(path, packets(path))).wrong == "No picture in clip.mp4 can be read."


def test_only_the_first_picture_can_be_read(tmp_path):
    path = make(tmp_path / "clip.mkv", (noisy(number) for number in range(60)), "ffv1", options={"slicecrc": "1"})
    error = refused(overwrite(path, packets(path)[1:]))
    assert error.wrong == "Only the first picture of clip.mkv can be read; the rest is missing or damaged."


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "libx264"), ("clip.webm", "libvpx"), ("photo.png", "png")])
def test_a_single_picture(tmp_path, name, codec):
    path = tmp_path / name
    if codec == "png":
        coder = av.CodecContext.create("png", "w")
        coder.width, coder.height, coder.pix_fmt, coder.time_base = *SIZE, "rgb24", Fraction(1, RATE)
        path.write_bytes(bytes(coder.encode(VideoFrame.from_ndarray(picture()))[0]))
    else:
        make(path, [picture()], codec)
    assert refused(path).wrong == f"{name} is a single picture, not a film."


def test_two_pictures_are_a_film(tmp_path):
    with Clip(make(tmp_path / "clip.mp4", [picture()] * 2)) as clip:
        assert len(list(clip)) == 2


@pytest.mark.parametrize(("size", "right"), [((8194, 16), False), ((16, 8194), False), ((8192, 16), True)])
def test_an_absurd_size(tmp_path, size, right):
    path = make(tmp_path / "clip.mkv", [picture(size)] * 2, "ffv1", pix_fmt="gray")
    if right:
        Clip(path).close()
    else:
        assert f"too large: {size[0]} x {size[1]}" in refused(path).wrong


def test_an_absurd_size_is_refused_before_any_picture_is_decoded(tmp_path, monkeypatch):
    path = make(tmp_path / "clip.mkv", [picture((8194, 16))] * 2, "ffv1", pix_fmt="gray")
    monkeypatch.setattr(Reel, "pictures", lambda _: pytest.fail("decoded"))
    refused(path)
