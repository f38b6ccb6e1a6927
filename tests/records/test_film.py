"""`Film`: plays everywhere, keeps times and colours, and is there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import itertools
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.records.film import Film

SIZE = (160, 96)
COLOURS = {"red": (220, 30, 40), "green": (30, 190, 60), "blue": (40, 50, 220), "yellow": (230, 220, 40)}


def plain(colour: tuple[int, int, int] = (90, 140, 200)) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), colour, dtype=np.uint8)


def noisy(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)


def write(path: Path, times_s, image=None, rate_hint: float = 30.0) -> Path:
    with Film(path, SIZE, rate_hint) as film:
        for t_s in times_s:
            film.write(plain() if image is None else image, t_s)
    return path


def played(path: Path) -> list[tuple[float, float, bool]]:
    """Return (time, length, whether a key picture) of every picture of the film."""
    with av.open(str(path)) as container:
        return [
            (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base), packet.is_keyframe)
            for packet in container.demux(video=0)
            if packet.size
        ]


def boxes(path: Path) -> list[bytes]:
    data, at, kinds = path.read_bytes(), 0, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind)
        at += length
    return kinds


def left(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_plays_in_browsers(tmp_path):
    path = write(tmp_path / "film.mp4", [0, 0.04, 0.08])
    with av.open(str(path)) as container:
        (stream,) = container.streams
        assert stream.codec_context.name == "h264"
        assert stream.profile in ("Main", "High")
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == SIZE
        assert sum(1 for _ in container.decode(video=0)) == 3
    kinds = boxes(path)
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    assert b"moof" not in kinds  # in pieces it would play, but not every program could jump in it


def test_colours_are_true_and_say_how_they_are_meant(tmp_path):
    image = np.repeat(np.array([list(COLOURS.values())], dtype=np.uint8), SIZE[0] // 4, axis=1).repeat(SIZE[1], axis=0)
    path = write(tmp_path / "film.mp4", [0, 0.04], image)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    # BT.709 by its number in the file, limited range
    assert (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range) == (1, 1, 1, 1)
    luma = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(SIZE[1], frame.planes[0].line_size)
    shown = frame.to_ndarray(format="rgb24")
    for number, colour in enumerate(COLOURS.values()):
        column = number * 40 + 20
        # by the standard's own formula, so that writer and reader cannot be wrong together
        assert luma[48, column] == pytest.approx(16 + 219 / 255 * np.dot((0.2126, 0.7152, 0.0722), colour), abs=2)
        assert np.abs(shown[40:56, column].astype(int) - colour).max() <= 4


def test_keeps_uneven_times_to_the_tick(tmp_path):
    times = [0, 0.033, 0.05, 0.4, 0.45, 1.2, 1.21, 1.3]
    pictures = played(write(tmp_path / "film.mp4", times))
    assert [t_s for t_s, _, _ in pictures] == pytest.approx(times, abs=1 / 90_000)
    assert pictures[-1][1] == pytest.approx(0.09, abs=1e-4)
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.duration / av.time_base == pytest.approx(1.39, abs=1e-3)


def test_begins_with_the_first_picture(tmp_path):
    pictures = played(write(tmp_path / "film.mp4", [7.5, 7.6, 7.8]))
    assert [t_s for t_s, _, _ in pictures] == pytest.approx([0, 0.1, 0.3], abs=1e-4)


def test_a_single_picture_lasts_as_long_as_the_rate_says(tmp_path):
    ((t_s, length_s, key),) = played(write(tmp_path / "film.mp4", [0], rate_hint=12.5))
    assert (t_s, key) == (0, True)
    assert length_s == pytest.approx(0.08, abs=1e-4)


@pytest.mark.parametrize("steps_s", [[1 / 30], [1 / 7.5], [0.02, 0.3, 0.05], [0.45]])
def test_a_player_can_jump_to_within_two_seconds(tmp_path, steps_s):
    times = list(itertools.takewhile(lambda t_s: t_s < 9, itertools.accumulate(itertools.cycle(steps_s), initial=0.0)))
    pictures = played(write(tmp_path / "film.mp4", times))
    keys = [t_s for t_s, _, key in pictures if key]
    assert keys[0] == 0
    assert max(later - earlier for earlier, later in zip(keys, [*keys[1:], times[-1]], strict=True)) <= 2.0
    assert len(keys) < 9  # each one costs room


@pytest.mark.parametrize("rate_hint", [0.5, 29.97, 59.94, 240.0])
def test_takes_any_rate_hint(tmp_path, rate_hint):
    assert len(played(write(tmp_path / "film.mp4", [0, 0.04, 0.08], rate_hint=rate_hint))) == 3


def test_has_its_name_only_once_it_is_whole(tmp_path):
    path = tmp_path / "film.mp4"
    with Film(path, SIZE, 30) as film:
        assert film.path == path
        film.write(plain(), 0)
        assert left(tmp_path) == ["film.mp4.part"]
    assert left(tmp_path) == ["film.mp4"]
    film.close()
    assert left(tmp_path) == ["film.mp4"]


def test_replaces_an_earlier_film_only_when_it_is_whole(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"earlier")
    with Film(path, SIZE, 30) as film:
        film.write(plain(), 0)
        assert path.read_bytes() == b"earlier"
    assert len(played(path)) == 1


@pytest.mark.parametrize("error", [StreamError("It broke off.", "Send it again."), KeyboardInterrupt()])
def test_what_was_measured_is_kept(tmp_path, error):
    with pytest.raises(type(error)), Film(tmp_path / "film.mp4", SIZE, 30) as film:
        broken_off(film, error)
    assert left(tmp_path) == ["film.mp4"]
    assert len(played(tmp_path / "film.mp4")) == 25


@pytest.mark.parametrize("error", [ZeroDivisionError(), SetupError("It is wrong.", "Do right."), SystemExit(1)])
def test_by_any_other_failure_nothing_is_left(tmp_path, error):
    (tmp_path / "film.mp4").write_bytes(b"earlier")
    with pytest.raises(type(error)), Film(tmp_path / "film.mp4", SIZE, 30) as film:
        broken_off(film, error)
    assert left(tmp_path) == ["film.mp4"]
    assert (tmp_path / "film.mp4").read_bytes() == b"earlier"


def broken_off(film: Film, error: BaseException) -> None:
    for number in range(25):
        film.write(plain(), number / 25)
    raise error


@pytest.mark.parametrize("error", [None, StreamError("It broke off.", "Send it again.")])
def test_without_a_picture_there_is_no_film(tmp_path, error):
    film = Film(tmp_path / "film.mp4", SIZE, 30)
    film.__exit__(type(error) if error else None, error, None)
    assert left(tmp_path) == []


def test_giving_up_a_finished_film_leaves_it(tmp_path):
    path = write(tmp_path / "film.mp4", [0])
    film = Film(path, SIZE, 30)
    film.write(plain(), 0)
    film.close()
    film.discard()
    assert len(played(path)) == 1


@pytest.mark.parametrize("size", [(161, 96), (160, 97), (0, 96), (160, -2)])
def test_refuses_sizes_that_cannot_be(tmp_path, size):
    with pytest.raises(ValueError, match="even"):
        Film(tmp_path / "film.mp4", size, 30)
    assert left(tmp_path) == []


@pytest.mark.parametrize("rate_hint", [0, -1, float("nan")])
def test_refuses_rates_that_cannot_be(tmp_path, rate_hint):
    with pytest.raises(ValueError, match="rate_hint"):
        Film(tmp_path / "film.mp4", SIZE, rate_hint)
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "image",
    [plain()[:-2], plain()[:, :, :2], plain()[:, :, 0], plain().astype(np.float32), plain().transpose(1, 0, 2)],
)
def test_refuses_pictures_that_do_not_fit(tmp_path, image):
    with Film(tmp_path / "film.mp4", SIZE, 30) as film, pytest.raises(ValueError, match="does not fit"):
        film.write(image, 0)


@pytest.mark.parametrize("second_s", [1.0, 0.9, 1.000001, float("nan")])
def test_refuses_times_that_do_not_increase(tmp_path, second_s):
    with Film(tmp_path / "film.mp4", SIZE, 30) as film:
        film.write(plain(), 1.0)
        with pytest.raises(ValueError, match=r"come after|NaN"):
            film.write(plain(), second_s)
        film.write(plain(), 1.1)
    assert [t_s for t_s, _, _ in played(tmp_path / "film.mp4")] == pytest.approx([0, 0.1], abs=1e-4)


def test_refuses_to_go_on_after_the_end(tmp_path):
    film = Film(tmp_path / "film.mp4", SIZE, 30)
    film.write(plain(), 0)
    film.close()
    with pytest.raises(ValueError, match="closed"):
        film.write(plain(), 1)


def test_takes_pictures_that_lie_in_memory_in_any_way_and_copies_them(tmp_path):
    image = np.zeros((SIZE[1], SIZE[0], 3), dtype=np.uint8)
    image[:, :80] = COLOURS["red"]
    image.setflags(write=False)
    with Film(tmp_path / "film.mp4", SIZE, 30) as film:
        film.write(image[:, ::-1], 0)
        mine = image.copy()
        film.write(mine, 1)
        mine[:] = 0
    with av.open(str(tmp_path / "film.mp4")) as container:
        first, second = (frame.to_ndarray(format="rgb24") for frame in container.decode(video=0))
    assert np.abs(first[48, 120].astype(int) - COLOURS["red"]).max() <= 4
    assert np.abs(second[48, 40].astype(int) - COLOURS["red"]).max() <= 4


def refused(path: Path) -> FormcheckError:
    with pytest.raises(SetupError) as caught:
        Film(path, SIZE, 30)
    assert str(path) in caught.value.wrong
    assert caught.value.remedy.endswith(".")
    return caught.value


def test_an_unwritable_place_is_found_out_at_once(tmp_path):
    (tmp_path / "film.mp4.part").mkdir()
    assert "cannot be written" in refused(tmp_path / "film.mp4").wrong
    assert "cannot be written" in refused(tmp_path / "nowhere" / "film.mp4").wrong


def test_a_name_that_cannot_be_given(tmp_path):
    (tmp_path / "film.mp4").mkdir()
    film = Film(tmp_path / "film.mp4", SIZE, 30)
    film.write(plain(), 0)
    with pytest.raises(SetupError, match="cannot be written"):
        film.close()
    assert left(tmp_path) == ["film.mp4"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full on this system")
@pytest.mark.parametrize("pictures", [1, 120], ids=["found out at the end", "found out on the way"])
def test_a_full_disk(tmp_path, pictures):
    (tmp_path / "film.mp4.part").symlink_to("/dev/full")

    def fill() -> None:
        with Film(tmp_path / "film.mp4", SIZE, 30) as film:
            for number in range(pictures):
                film.write(noisy(number), number / 30)

    with pytest.raises(SetupError) as caught:
        fill()
    assert caught.value.wrong == f"The disk is too full to write the film {tmp_path / 'film.mp4'}."
    assert "Free some space" in caught.value.remedy
    assert left(tmp_path) == []


def test_after_a_failed_write_the_film_is_given_up(tmp_path):
    film = Film(tmp_path / "film.mp4", SIZE, 30)
    film.write(plain(), 0)

    class Full:
        def mux(self, _: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    container, film._container = film._container, Full()
    with pytest.raises(SetupError, match="too full"):
        film.write(plain(), 1)
    film.close()
    assert left(tmp_path) == []
    with contextlib.suppress(OSError):
        container.close()  # its file is gone


def test_the_encoder_keeps_silent(tmp_path, capfd):
    av.logging.restore_default_callback()
    try:
        write(tmp_path / "film.mp4", [0, 0.1])
    finally:
        av.logging.set_level(None)
    assert capfd.readouterr() == ("", "")
