"""Cameras in the network: phones, IP cameras and streams, by their web address.

Through PyAV: OpenCV can hang for half a minute on a stream that opens here at once. May not know: threads, what becomes
of the pictures.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.capture.link import LostError, Shot
from formcheck.errors import SetupError

#: what an address may begin with
SCHEMES = ("http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "udp")

# What an address may lead to, by redirection or as a playlist's parts, too: nothing that opens files of this computer.
_PROTOCOLS = "http,https,httpproxy,rtsp,rtsps,rtmp,rtmps,rtp,rtcp,srt,srtp,tcp,tls,udp"

# Live streams, and films and pictures, which deserve an answer of their own.
_FORMATS = (
    "mpjpeg,mjpeg,rtsp,rtp,sdp,hls,mpegts,flv,live_flv,h264,hevc,m4v,mov,matroska,webm,asf,ogg,jpeg_pipe,png_pipe"
)

_OPTIONS = {
    "protocol_whitelist": _PROTOCOLS,
    "format_whitelist": _FORMATS,
    "fflags": "nobuffer",  # what was read to find out the format is not played first
    "fpsprobesize": "0",
    "analyzeduration": "2000000",
    "rtsp_transport": "tcp",  # over UDP, lost packets smear the picture
}

# Opening takes two steps, each with a time limit of its own; shorter than this they are not worth a try.
_LEAST_S = 0.2

_NETWORK = "Check the address, and that the camera and this computer are in the same network."


class Address:
    """A camera at a URL.

    Args:
        url: user and password may be part of it; they are not part of the name.
        open_s: how long opening may take.
        stall_s: how long a read may take.
    """

    live = True

    def __init__(self, url: str, open_s: float, stall_s: float) -> None:
        self._url = url
        self._open_s = open_s
        self._stall_s = stall_s
        self._container: InputContainer | None = None
        self._pictures: Iterator[VideoFrame] = iter(())
        try:
            parts = urlsplit(url)
            self._scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        except ValueError:  # a port that is no number, a bracket left open
            parts, self._scheme, host, port = urlsplit(""), "", "", None
        host = f"[{host}]" if ":" in host else host
        self._whole = bool(host)
        #: the address without user, password and query
        self.name = f"{self._scheme}://{host}{f':{port}' if port else ''}{parts.path}" if host else "the address"

    def check(self) -> None:
        """SetupError for an address that cannot be a camera's."""
        if self._scheme not in SCHEMES or not self._whole:
            raise SetupError(
                "This is no address of a camera that can be opened.",
                "An address looks like http://192.168.1.20:8080/video or rtsp://192.168.1.20/stream; give a video file "
                "by its path.",
            )

    def begin(self) -> None:
        """Nothing: it gives what it gives."""

    def open(self) -> None:
        """Open the stream; SetupError when it cannot be reached or is none."""
        av.logging.set_level(None)  # ffmpeg's own remarks would stand between ours
        self._container = self._opened()
        films = self._container.streams.video
        if not films or self._container.format.name.endswith("_pipe"):
            raise self._no_video()
        if films[0].codec_context is None:
            raise self._no_video()
        if self._scheme in ("http", "https") and (self._container.duration or 0) > 0:
            raise SetupError(
                f"{self.name} is a recorded film, not a live camera.", "Download it and give the file instead."
            )
        self._pictures = self._decoded(self._container, films[0])

    def read(self, halt: threading.Event) -> Shot | None:
        """Return the next picture; LostError when the stream ends or nothing comes for `stall_s`."""
        self._halt = halt
        picture = next(self._pictures, None)
        return None if picture is None else Shot(picture, self._pixel_aspect)

    def close(self) -> None:
        """Close the connection."""
        if self._container is not None:
            self._container.close()

    def no_picture(self) -> SetupError:
        """Return what to say of a stream without pictures."""
        return SetupError(f"{self.name} sends no picture.", "Check that the camera is on and not paused.")

    def _opened(self) -> InputContainer:
        """Open as motion JPEG, which most phones send and which needs no probing, else let ffmpeg find out."""
        began_s = time.monotonic()
        first = "mpjpeg" if self._scheme in ("http", "https") else None
        for kind in (first, None) if first else (None,):
            left_s = began_s + self._open_s - time.monotonic()
            try:
                return av.open(
                    self._url,
                    "r",
                    format=kind,
                    metadata_errors="replace",
                    container_options=_OPTIONS,
                    timeout=(max(left_s, _LEAST_S), self._stall_s),
                )
            except av.error.InvalidDataError as error:
                # An RTSP camera that does not answer ends here, too; only the time tells.
                if time.monotonic() - began_s >= 0.95 * self._open_s:
                    raise self._unanswered() from error
                if kind is None:
                    raise self._no_video() from error
            except av.error.FFmpegError as error:
                if isinstance(error, av.error.MemoryError):
                    raise
                raise self._refused(error) from error
        raise self._no_video()

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Yield the pictures, passing over broken ones; LostError at the end, however it comes."""
        self._pixel_aspect = stream.sample_aspect_ratio
        decoder = stream.codec_context
        stream.thread_type = "SLICE"  # the other way keeps pictures back
        decoder.thread_count = 1  # the other core is busy with the poses
        decoder.options = {"flags": "low_delay"}
        if decoder.name == "mjpeg":
            # Else a picture cut off in the middle comes out as a whole one, grey below.
            decoder.options |= {"err_detect": "explode"}
        packets = container.demux(stream)
        while not self._halt.is_set():
            try:
                packet = next(packets, None)
            except av.error.FFmpegError as error:
                raise LostError from error
            if packet is None:
                raise LostError
            if packet.size == 0:  # PyAV's own sign for the end
                continue
            try:
                pictures = decoder.decode(packet)
            except av.error.BlockingIOError:
                decoder.flush_buffers()  # a spoilt packet has left it full
                continue
            except av.error.FFmpegError:
                continue
            yield from (picture for picture in pictures if not picture.is_corrupt)

    def _no_video(self) -> SetupError:
        return SetupError(
            f"{self.name} sends no video.",
            "Use the address of the video itself, not of the camera's web page; the camera app shows it, and it often "
            "ends in /video.",
        )

    def _unanswered(self) -> SetupError:
        return SetupError(f"{self.name} does not answer.", _NETWORK)

    def _refused(self, error: av.error.FFmpegError) -> SetupError:
        """Return what to say of an address that cannot be opened."""
        if isinstance(error, av.error.ConnectionRefusedError | av.error.ConnectionResetError):
            return SetupError(
                f"{self.name} refuses the connection.", "Start the camera or its app, and check the address and port."
            )
        if isinstance(error, av.error.ExitError | av.error.TimeoutError):
            return self._unanswered()
        if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
            return SetupError(
                f"{self.name} wants a user name and password, or other ones.",
                "Put them into the address, as in http://user:password@192.168.1.20/video.",
            )
        if isinstance(error, av.error.HTTPClientError):
            return SetupError(
                f"{self.name} is not there: the camera knows no such page.",
                "Check the part after the host; the camera app shows the whole address.",
            )
        if isinstance(error, av.error.HTTPServerError):
            return SetupError(f"{self.name} reports a fault of its own.", "Start the camera or its app again.")
        if isinstance(error, av.error.ArgumentError | av.error.PermissionError | av.error.ProtocolNotFoundError):
            return SetupError(
                f"{self.name} leads to something that is no camera in the network.",
                "Use the address of the video itself; give a video file by its path.",
            )
        return SetupError(f"{self.name} cannot be reached.", _NETWORK)
