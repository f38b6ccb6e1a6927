"""Writes the annotated film: an H.264 MP4 that plays in every browser and on every phone.

The pictures keep their own times, so that the film runs as the clip did. Until it is finished it is called
`NAME.part`, so that a film that is there under its name is whole. May not know: what is drawn on the pictures.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from formcheck.errors import SetupError, StreamError
from formcheck.types import ImageArray

# The clock of MPEG: fine enough that every camera's picture interval is exact to a few microseconds.
_TICKS_PER_S = 90_000

# A player can jump only to a key picture. One is due 2 s after the last at the latest; since nobody knows when the next
# picture comes, half a second is left for it.
_KEY_EVERY_S = 1.5

# What a 2-core machine can write at 1280 x 720 beside everything else, at a quality at which thin lines stay crisp.
# No pictures predicted from later ones (bf): with uneven times they spoil the length of the last picture.
_ENCODER = {"preset": "veryfast", "crf": "23", "bf": "0", "forced-idr": "1", "threads": "2", "rc-lookahead": "5"}

# What the system says when there is no room left; Windows knows no quota.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Film:
    """A film being written; a context manager.

    Leaving it in good order, or by a StreamError or KeyboardInterrupt (what was measured until then is kept), finishes
    the film under its name, replacing a file that is there. Leaving it by any other exception removes what was
    written. A film without a picture leaves no file.

    Args:
        path: the film to write, ending in .mp4; its folder must exist.
        size_px: (width, height) of every picture, both even.
        rate_hint: pictures a second, about; for the encoder's planning and the length of a single picture.

    Raises:
        ValueError: `size_px` is odd or not positive, or `rate_hint` not positive.
        SetupError: the file cannot be written; also from `write` and `close`.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate_hint: float) -> None:
        if min(size_px) <= 0 or size_px[0] % 2 or size_px[1] % 2:
            raise ValueError(f"a film's width and height must be even and positive, not {size_px}")
        if not rate_hint > 0:
            raise ValueError(f"rate_hint must be positive, not {rate_hint}")
        self._path = Path(path)
        self._part = self._path.with_name(self._path.name + ".part")
        self._size_px = size_px
        self._step_ticks = max(1, round(_TICKS_PER_S / rate_hint))
        self._first_s: float | None = None
        self._last_ticks = 0
        self._key_ticks = 0
        self._done = False
        self._reformatter = VideoReformatter()
        av.logging.set_level(None)  # the encoder would report on itself at the end
        with self._telling():
            self._container = av.open(str(self._part.absolute()), "w", format="mp4", options={"movflags": "+faststart"})
            try:
                self._begin(rate_hint)
            except BaseException:
                self.discard()
                raise

    @property
    def path(self) -> Path:
        """The film's name once it is finished."""
        return self._path

    def write(self, image: ImageArray, t_s: float) -> None:
        """Add a picture. The film begins with the first one's time.

        Args:
            image: (height, width, 3) uint8 RGB of the film's size; copied.
            t_s: presentation time in seconds, later than the one before.

        Raises:
            ValueError: the picture has another size, its time is not later, or the film is closed.
            SetupError: the file cannot be written on; the film is lost.
        """
        if self._done:
            raise ValueError(f"{self._path.name} has been closed")
        if image.shape != (self._size_px[1], self._size_px[0], 3) or image.dtype != np.uint8:
            raise ValueError(f"a picture of {image.shape} {image.dtype} does not fit a film of {self._size_px}")
        picture = self._reformatter.reformat(
            VideoFrame.from_ndarray(image, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        self._time(picture, t_s)
        with self._telling():
            self._container.mux(self._stream.encode(picture))

    def close(self) -> None:
        """Finish the film and give it its name. May be called more than once."""
        if self._done:
            return
        if self._first_s is None:
            self.discard()
            return
        with self._telling():
            self._container.mux(self._stream.encode())
            self._container.close()
            self._done = True
            self._part.replace(self._path)

    def discard(self) -> None:
        """Give the film up and remove what was written. Does nothing to a finished film, which has its name."""
        self._done = True
        # Either may fail for the very reason the film is given up for, such as a full disk.
        with contextlib.suppress(OSError, av.error.FFmpegError):
            self._container.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def __enter__(self) -> Film:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, StreamError | KeyboardInterrupt):
            self.close()
        else:
            self.discard()

    def _begin(self, rate_hint: float) -> None:
        """Set up the encoder and write the file's head, so that an unwritable file is found out at once."""
        stream = self._container.add_stream(
            "libx264", rate=Fraction(rate_hint).limit_denominator(1001), options=dict(_ENCODER)
        )
        stream.width, stream.height = self._size_px
        stream.pix_fmt = "yuv420p"
        coder = stream.codec_context
        coder.time_base = Fraction(1, _TICKS_PER_S)
        coder.flags |= Flags.frame_duration  # else the last picture would have no length
        coder.gop_size = 100_000  # key pictures are set by time, in `_time`
        coder.color_range = ColorRange.MPEG
        coder.colorspace = Colorspace.ITU709
        coder.color_primaries = ColorPrimaries.BT709
        coder.color_trc = ColorTrc.BT709
        self._stream = stream
        self._container.start_encoding()

    def _time(self, picture: VideoFrame, t_s: float) -> None:
        """Set the picture's time, length and kind. Its length is taken to be the one's before; only the last counts."""
        if self._first_s is None:
            self._first_s = t_s
            ticks = 0
        else:
            ticks = round((t_s - self._first_s) * _TICKS_PER_S)
            if ticks <= self._last_ticks:
                raise ValueError(f"a picture at {t_s} s does not come after the one before")
            self._step_ticks = ticks - self._last_ticks
        picture.time_base = Fraction(1, _TICKS_PER_S)
        picture.pts = ticks
        picture.duration = self._step_ticks
        if ticks == 0 or ticks - self._key_ticks >= _KEY_EVERY_S * _TICKS_PER_S:
            picture.pict_type = PictureType.I
            self._key_ticks = ticks
        else:
            picture.pict_type = PictureType.NONE
        self._last_ticks = ticks

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """Give the film up when the file cannot be written, and say what to do about it."""
        try:
            yield
        except OSError as error:
            self.discard()
            if error.errno in _FULL:
                raise SetupError(
                    f"The disk is too full to write the film {self._path}.",
                    "Free some space, or choose another folder with --out, or leave the film out with --no-video.",
                ) from error
            raise SetupError(
                f"The film {self._path} cannot be written ({error.strerror or error}).",
                "Close it if another program shows it, or choose another folder with --out.",
            ) from error
