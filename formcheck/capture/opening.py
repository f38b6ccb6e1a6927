"""Opening a recorded clip: is it a film, which of its streams, and what its labels say.

Every refusal is a SetupError that names the file and says what to do. May not know: what becomes of the pictures.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timezone
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from formcheck.errors import SetupError

#: Larger than any camera's picture; a file that claims more is broken or means harm.
LARGEST_SIDE_PX = 8192

# The formats phones, cameras and browsers write, and pictures and sound, which deserve an answer of their own. Left out
# are those that open other files or addresses (playlists) and those that take any text for a film.
_FORMATS = (
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,gif,mp3,wav,aac,flac,"
    "jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe"
)

# Pictures in flight are as many as decoding threads; more gain nothing here and would cost memory at 4K.
_MOST_THREADS = 8

# How many boxes of an MP4 file are looked through for its table of contents, which is among the first or the last few.
_MOST_BOXES = 1000


def check_file(path: Path) -> None:
    """SetupError unless `path` is a file with something in it that may be read."""
    try:
        if not path.exists():
            raise SetupError(
                f"There is no file {path}.", "Check the name and the folder; dragging the file into the window helps."
            )
        if path.is_dir():
            raise SetupError(f"{path} is a folder, not a clip.", "Name one of the video files in it.")
        if not path.is_file():
            raise SetupError(f"{path} is not a file.", "Name a video file.")
        with path.open("rb") as file:
            empty = not file.read(1)
    except PermissionError:
        raise SetupError(
            f"{path} may not be read by this user account.", "Copy the file into your own folder and use the copy."
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name no file can have
        raise SetupError(
            f"{path} cannot be read ({error}).", "Copy the file to this computer's own disk and use the copy."
        ) from error
    if empty:
        raise SetupError(f"{path.name} is empty.", "Send or copy the file again, and wait until the copy has finished.")


def open_film(path: Path) -> InputContainer:
    """Open the file; SetupError when it is not a film."""
    try:
        return av.open(
            # With its full path a name like "concat:a" is a file and not an order to ffmpeg.
            str(path.absolute()),
            "r",
            metadata_errors="replace",
            container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"},
        )
    except av.error.FFmpegError as error:
        if isinstance(error, av.error.MemoryError | av.error.BrokenPipeError):
            raise
        if _lacks_contents(path):
            raise SetupError(
                f"{path.name} is cut off: its end is missing, and nothing can be read without it.",
                "Send or copy the file again; if the recording itself was interrupted, record it again.",
            ) from error
        raise SetupError(
            f"{path.name} is not a video this program can read.",
            "Use a clip as the phone or camera recorded it, such as an MP4 or MOV file.",
        ) from error


def _lacks_contents(path: Path) -> bool:
    """Whether this is an MP4 or MOV file whose table of contents, the `moov` box, is missing or cut.

    Asked here, since ffmpeg says so only in its log. The file is a row of boxes: length, four letters, content.
    """
    first = b""
    with path.open("rb") as file:
        size, start = file.seek(0, os.SEEK_END), 0
        for _ in range(_MOST_BOXES):
            if start + 8 > size:
                break
            file.seek(start)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:], "big")
            elif length == 0:  # up to the end of the file
                length = size - start
            first = first or kind
            if length < 8 or (kind == b"moov" and start + length <= size):
                return False
            start += length
    return first in (b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov")


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the first stream of moving pictures, ready to decode; SetupError when there is none."""
    not_moving = Disposition.attached_pic | Disposition.timed_thumbnails
    for stream in container.streams.video:
        if stream.disposition & not_moving:
            continue
        if stream.codec_context is None:
            raise SetupError(
                f"The pictures in {path.name} are stored in a way this program cannot read.",
                "Save or export the clip as an ordinary MP4 file and use that.",
            )
        check_size(stream.codec_context.width, stream.codec_context.height, path)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = min(os.cpu_count() or 1, _MOST_THREADS)
        # A size that changes later on in the file is refused by the decoder itself.
        stream.codec_context.options = {"max_pixels": str(LARGEST_SIDE_PX**2)}
        return stream
    raise SetupError(
        f"{path.name} holds sound but no film." if container.streams.audio else f"{path.name} holds no film.",
        "Use a clip that shows pictures when it is played.",
    )


def check_size(width: int, height: int, path: Path) -> None:
    """SetupError for a picture larger than any camera takes."""
    if max(width, height) > LARGEST_SIDE_PX:
        raise SetupError(
            f"The pictures in {path.name} are too large: {width} x {height}, where each side may have "
            f"{LARGEST_SIDE_PX} at most.",
            "Record with a smaller picture size; 1280 x 720 is plenty.",
        )


def frame_rate(stream: VideoStream) -> float | None:
    """Return the pictures a second on average, None when the file does not say."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate is not None and 0 < rate < 1000:  # 1000 is what some browsers' clips give for "unknown"
            return float(rate)
    return None


def taken_at(container: InputContainer, stream: VideoStream) -> datetime | None:
    """Return when the clip was taken, None when the file does not say."""
    # The phone's own tag comes first: it has the time zone.
    for name in ("com.apple.quicktime.creationdate", "creation_time"):
        for tags in (container.metadata, stream.metadata):
            moment = _moment(tags.get(name, ""))
            if moment is not None:
                return moment
    return None


def _moment(text: str) -> datetime | None:
    """Return the moment a file's tag gives, UTC unless it says otherwise; None when it is none or a clock never set."""
    try:
        # Python 3.10 knows neither "Z" nor a time zone without a colon.
        moment = datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text.replace("Z", "+00:00")))
    except ValueError:
        return None
    if moment.year < 1990:  # 1904 and 1970 are where clocks start that nobody has set
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
