"""A film's stored pictures in order, their times, and whether the end of it is missing.

May not know: how pictures are turned, scaled and coloured, nor whether a clip is fit to be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.capture.opening import open_film
from formcheck.errors import SetupError

#: How much may be missing at the end before a clip counts as broken off: the larger of seconds and share of the whole.
#: Containers round, count the sound, or count a last picture that was never written.
TOLERATED_S = 1.0
TOLERATED_SHARE = 0.05

# What a decoder raises for data it cannot use. Everything else (memory, a broken pipe) is not the clip's fault.
_SPOILT = (
    av.error.InvalidDataError,
    av.error.ArgumentError,
    av.error.ExternalError,
    av.error.PatchWelcomeError,
    av.error.UnknownError,
)

# Reading errors in a row after which the rest of the file counts as lost.
_PATIENCE = 100


class Reel:
    """The stream's pictures in order of presentation, as they were stored; and whether their end is missing.

    Args:
        container: the open file; it must stay open while pictures are read.
        stream: the one to read.
        path: the file's name, for messages, and for finding out its length where it does not say.
        frame_rate: pictures a second on average if known, to place pictures without a time of their own.
    """

    def __init__(
        self, container: InputContainer, stream: VideoStream, path: Path, frame_rate: float | None = None
    ) -> None:
        self._container = container
        self._decoder = stream.codec_context
        self._index = stream.index
        self._name = path.name
        base = stream.time_base or Fraction(1, av.time_base)
        # AVI knows only the order of decoding; ffmpeg's guess at the times of presentation is wrong where they differ.
        self._clock = Clock(base, frame_rate, by_decoding=container.format.name == "avi")
        self._start_s = float((stream.start_time or 0) * base)
        self._own_length_s = _own_length_s(stream, container.format.name)
        whole_length_s = None if container.duration is None else container.duration / av.time_base
        stated_s = self._own_length_s or whole_length_s
        if stated_s is not None and container.format.name.startswith("matroska"):
            stated_s -= max(0.0, self._start_s)  # what it calls a length is the time of the end
        #: how long the pictures last by the file's own account, else by their last one, None when neither is known
        self.length_s = stated_s or _last_picture_s(path, stream.index)
        #: where the last packet of any kind ends, seconds on the container's clock
        self._reached_s = 0.0
        #: the file ends within a picture, or could not be read to its end
        self._torn = False

    def pictures(self) -> Iterator[tuple[VideoFrame, float]]:
        """Yield (picture, seconds from the first one) of all whose time is later than the one's before."""
        for picture in self._decoded():
            t_s = self._clock.time_s(picture)
            if t_s is not None:
                yield picture, t_s

    def _decoded(self) -> Iterator[VideoFrame]:
        """Yield what can be decoded; what cannot is passed over."""
        for packet in self._packets():
            try:
                pictures = self._decoder.decode(packet)
            except (*_SPOILT, av.error.EOFError):
                continue
            except av.error.BlockingIOError:
                # A spoilt packet has left the decoder full; emptied, it picks up again at the next whole picture.
                self._decoder.flush_buffers()
                continue
            yield from (picture for picture in pictures if not picture.is_corrupt)

    def _packets(self) -> Iterator[Packet[Stream] | None]:
        """Yield the video's packets, and None at the end for the pictures still inside the decoder."""
        failures = 0
        demux = self._demux()
        while failures < _PATIENCE:
            try:
                packet = next(demux)
            except StopIteration:
                break
            except av.error.InvalidDataError:
                failures += 1
                demux = self._demux()
                continue
            except av.error.OSError:  # the disk or stick itself fails
                self._torn = True
                break
            failures = 0
            if packet.size == 0:  # PyAV's own sign for the end, one for each stream; it would stop the decoder
                continue
            self._note_end(packet)
            if packet.stream_index == self._index:
                self._torn = packet.is_corrupt
                if not packet.is_corrupt:
                    yield packet
        else:
            self._torn = True
        yield None

    def _demux(self) -> Iterator[Packet[Stream]]:
        # Sound is of interest only where the pictures' own length is unknown; see `breaks_off`.
        return self._container.demux() if self._own_length_s is None else self._container.demux(self._index)

    def _note_end(self, packet: Packet[Stream]) -> None:
        if packet.pts is not None:
            self._reached_s = max(self._reached_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))

    def breaks_off(self) -> str:
        """Return a sentence saying where the clip breaks off, empty when it is whole. Ask after the last picture."""
        length_s, clock = self.length_s, self._clock
        if length_s is None:
            return f"The clip {self._name} breaks off at {clock.end_s:.1f} s." if self._torn else ""
        tolerated_s = max(TOLERATED_S, TOLERATED_SHARE * length_s)
        # What lies before the first picture that could be read is not missing at the end.
        late_s = max(0.0, (clock.first_s or 0.0) - self._start_s)
        missing_s = length_s - late_s - clock.end_s
        if self._own_length_s is None:
            # The length is the whole file's: sound that goes on after the pictures is no harm if it is all there.
            missing_s = min(missing_s, length_s - (self._reached_s - self._start_s))
        if missing_s <= tolerated_s and not self._torn:
            return ""
        return f"The clip {self._name} breaks off at {clock.end_s:.1f} s of {max(length_s, clock.end_s):.1f} s."


def _own_length_s(stream: VideoStream, container: str) -> float | None:
    """How long the stream says its pictures last, whatever the sound does; None when it does not say."""
    if container == "avi" and stream.frames and stream.average_rate:
        # From the header. The duration itself ffmpeg shortens, silently, to what is there of a file that is cut off.
        return float(stream.frames / stream.average_rate)
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    tag = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", stream.metadata.get("DURATION", ""))  # Matroska
    if tag:
        return (int(tag[1]) * 60 + int(tag[2])) * 60 + float(tag[3]) or None
    return None


def _last_picture_s(path: Path, index: int) -> float | None:
    """How long the pictures last by the time of the last, for clips that do not say, as browsers write them.

    Opens the file a second time, jumps towards its end and decodes nothing.
    """
    end_s = 0.0
    try:
        with open_film(path) as container:
            stream = container.streams[index]
            start_s = float((stream.start_time or 0) * (stream.time_base or 0))
            try:
                container.seek(2**40)
            except av.error.FFmpegError:
                container.seek(0)
            for packet in container.demux(stream):
                if packet.pts is not None:
                    end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    except (SetupError, av.error.FFmpegError):
        return None
    return end_s - start_s if end_s > start_s else None


class Clock:
    """Presentation times from what the pictures carry: seconds from the first picture, strictly increasing.

    Args:
        base: seconds to a tick. The stream's, since PyAV gives the pictures that come last none of their own.
        frame_rate: pictures a second on average, if known.
        by_decoding: the times of presentation are not to be trusted, those of decoding are.
    """

    def __init__(self, base: Fraction, frame_rate: float | None, by_decoding: bool = False) -> None:
        self._base = base
        self._by_decoding = by_decoding
        self._interval_s = 1.0 / (frame_rate or 30.0)
        self._last_s: float | None = None
        #: the first picture's time on the stream's own clock, None before it
        self.first_s: float | None = None
        #: where the last picture given out ends, from the first one's time
        self.end_s = 0.0

    def time_s(self, picture: VideoFrame) -> float | None:
        """Return the picture's time, None when it is not later than the one before and the picture is to be left out.

        A picture without any time is taken to follow the one before at the clip's average interval.
        """
        ticks = picture.dts if self._by_decoding or picture.pts is None else picture.pts
        if ticks is not None:
            own_s = float(ticks * self._base)
        else:
            own_s = 0.0 if self._last_s is None else self._last_s + self._interval_s
        if self.first_s is None:
            self.first_s = own_s
        elif self._last_s is not None and own_s <= self._last_s:
            return None
        self._last_s = own_s
        t_s = own_s - self.first_s
        self.end_s = t_s + (float(picture.duration * self._base) or self._interval_s)
        return t_s
