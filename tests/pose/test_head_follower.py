"""How far a head has turned, read off pictures of a made-up head that was turned by known angles."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form.head import PICTURE_ERROR_DEG, UNLIKE_ERROR_DEG
from formcheck.landmarks import EARS, EYES
from formcheck.pose.head import FASTEST_DEG_S, NEW_PICTURE_S, RADIUS, HeadFollower
from formcheck.types import HeadTurn, Silhouette

SIZE = (320, 180)
HOME = (230.0, 90.0)
HEAD_PX = 26.0
BODY_PX = HEAD_PX / RADIUS


def texture(seed: int) -> np.ndarray:
    """Return (101, 101) of hair and skin: blurred noise, light and dark."""
    noise = np.random.default_rng(seed).normal(0, 1, (101, 101)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 4.0)
    return 128 + 45 * soft / soft.std()


def scene(turn_deg: float, at: tuple[float, float] = HOME, face: np.ndarray | None = None) -> np.ndarray:
    """Return a grey picture of a head about `at`, turned counter-clockwise as seen, before an even wall."""
    head = texture(7) if face is None else face
    move = cv2.getRotationMatrix2D((50.0, 50.0), turn_deg, 1.0)  # OpenCV's angles are counter-clockwise as seen
    move[:, 2] += np.array(at) - 50.0
    shown = cv2.warpAffine(head.astype(np.float32), move, SIZE, flags=cv2.INTER_CUBIC)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    inside = np.clip(HEAD_PX + 4 - np.hypot(x - at[0], y - at[1]), 0, 1)
    noise = np.random.default_rng(int(100 * abs(turn_deg))).normal(0, 2.0, inside.shape)
    return np.clip(inside * shown + (1 - inside) * 60 + noise, 0, 255).astype(np.uint8)


def marks(at: tuple[float, float] = HOME) -> np.ndarray:
    """Return (33, 2) landmarks whose ears and eyes give the head's middle `at`."""
    xy = np.zeros((33, 2))
    xy[list(EARS)], xy[list(EYES)] = (at[0] - 2, at[1]), (at[0] + 6, at[1])
    return xy


def outline(at: tuple[float, float] = HOME) -> Silhouette:
    """Return the outline of the head about `at`, and of a back behind it."""
    x = np.arange(SIZE[0], dtype=float)
    half = np.sqrt(np.clip((HEAD_PX + 4) ** 2 - (x - at[0]) ** 2, 0, None))
    top = np.where(half > 0, at[1] - half, np.where(x < at[0], at[1] + 5, np.nan))
    bottom = np.where(np.isfinite(top), np.maximum(at[1] + half, at[1] + 15), np.nan)
    return Silhouette(np.ceil(top), np.floor(bottom), np.zeros(SIZE[0]))


def see(
    head: HeadFollower, t_s: float, turn_deg: float, at: tuple[float, float] = HOME, face: np.ndarray | None = None
) -> HeadTurn | None:
    return head.follow(scene(turn_deg, at, face), t_s, marks(at), BODY_PX, outline(at))


def test_the_first_sight_is_the_measure_of_the_others():
    first = see(HeadFollower(), 0.0, 0.0)
    assert (first.turn_deg, first.likeness) == (0.0, 1.0)


@pytest.mark.parametrize("way", [1, -1], ids=["counter-clockwise", "clockwise"])
@pytest.mark.parametrize("rate", [15, 30])
def test_a_head_that_nods_is_followed_to_within_two_degrees(way, rate):
    # up to 40 deg in a second and back, while the whole head rises and shifts
    head, t_s = HeadFollower(), np.arange(2 * rate + 1) / rate
    for now_s in t_s:
        lifted = (1 - np.cos(np.pi * now_s)) / 2
        seen = see(head, now_s, way * 40 * lifted, (HOME[0] + 12 * lifted, HOME[1] - 20 * lifted))
        assert seen.turn_deg == pytest.approx(way * 40 * lifted, abs=2.0)
        assert seen.likeness > 0.9
        assert seen.key == 1


def followed(turn_deg: float, shown=scene, at: tuple[float, float] = HOME, **how) -> HeadTurn | None:
    """Return what is seen of a head that is turned by `turn_deg` in steps of at most 3 deg, as `shown` paints it."""
    head = HeadFollower()
    steps = int(np.ceil(abs(turn_deg) / 3)) + 1
    for number, now_deg in enumerate(np.linspace(0.0, turn_deg, steps)):
        seen = head.follow(shown(now_deg, at, **how), number / 15, marks(at), BODY_PX, outline(at))
    return seen


def expected_deg(seen: HeadTurn) -> float:
    """Return what the turn may be off by, seen from the side."""
    return float(np.hypot(PICTURE_ERROR_DEG, UNLIKE_ERROR_DEG * np.sqrt(seen.likeness**-2 - 1)))


def filmed(turn_deg, at, *, seed, blur_px, noise, lamp, bright):
    """Return a scene as a poor camera sees it, under a lamp to one side that stays where it is."""
    x = np.arange(SIZE[0]) - at[0]
    lit = bright * scene(turn_deg, at, texture(seed)) * (1 + lamp * x / HEAD_PX)
    soft = cv2.GaussianBlur(lit, (0, 0), blur_px) if blur_px else lit
    grain = np.random.default_rng(int(1000 * abs(turn_deg)) + seed).normal(0, noise, soft.shape)
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


@settings(max_examples=25, deadline=None)
@given(
    turn_deg=st.floats(-50, 50),
    seed=st.integers(0, 1000),
    blur_px=st.floats(0, 2),
    noise=st.floats(0, 6),
    lamp=st.floats(-0.4, 0.4),
    bright=st.floats(0.5, 1.2),
)
def test_any_head_however_badly_filmed_is_followed_to_within_its_own_error(turn_deg, **how):
    seen = followed(turn_deg, filmed, **how)
    assert seen is not None
    assert abs(seen.turn_deg - turn_deg) < 3 * expected_deg(seen)


def test_the_worse_the_picture_the_larger_the_expected_error():
    clear, grainy = (
        expected_deg(followed(30.0, filmed, seed=3, blur_px=0, noise=noise, lamp=0.0, bright=0.6)) for noise in (0, 12)
    )
    assert grainy > 1.2 * clear


def test_a_mat_that_hides_the_face_and_stays_behind_does_not_hold_the_head():
    # at rest the mat's pattern covers the lower third of the head and a hand's breadth beside it; then the head rises
    mat = cv2.GaussianBlur(np.random.default_rng(9).normal(0, 60, SIZE[::-1]).astype(np.float32), (0, 0), 2.0) * 3 + 120
    head = HeadFollower()
    for number, lifted in enumerate(np.linspace(0, 1, 15)):
        at = (HOME[0], HOME[1] - 25 * lifted)
        grey = scene(40.0 * lifted, at)
        below = int(HOME[1] + HEAD_PX / 3)
        grey[below:] = np.clip(mat, 0, 255).astype(np.uint8)[below:]
        # a lying person's landmarks lie low on the head
        seen = head.follow(grey, number / 15, marks((at[0], at[1] + 8)), BODY_PX, outline(at))
    assert seen.turn_deg == pytest.approx(40.0, abs=2.5)


def test_hair_that_comes_into_sight_costs_likeness_and_little_more():
    # a quarter of the head is another texture by the end of the turn
    def growing(turn_deg, at):
        face, hair = texture(7), texture(11)
        share = abs(turn_deg) / 40 * np.pi / 2
        y, x = np.mgrid[:101, :101] - 50
        return scene(turn_deg, at, np.where(np.abs(np.arctan2(y, x)) < share / 2, hair, face))

    seen, whole = followed(40.0, growing), followed(40.0)
    assert seen.likeness < whole.likeness - 0.05
    assert seen.turn_deg == pytest.approx(40.0, abs=2 * expected_deg(seen))


def test_a_lamp_that_stays_while_the_head_turns_beneath_it_does_not_hold_it():
    def lit(turn_deg, at):
        pale = 128 + (texture(7) - 128) / 3
        x, y = np.arange(SIZE[0]) - at[0], np.arange(SIZE[1])[:, None] - at[1]
        return np.clip(scene(turn_deg, at, pale) * (1 + 0.5 * (x - y) / HEAD_PX), 0, 255).astype(np.uint8)

    assert followed(45.0, lit).turn_deg == pytest.approx(45.0, abs=2.0)


def test_light_that_changes_turns_no_head():
    head = HeadFollower()
    see(head, 0.0, 0.0)
    dim = np.clip(scene(10.0) * 0.5 + 30, 0, 255).astype(np.uint8)
    seen = head.follow(dim, 0.1, marks(), BODY_PX, outline())
    assert seen.turn_deg == pytest.approx(10.0, abs=2.0)


def test_a_head_without_marks_gives_nothing_or_says_how_little_it_is():
    head, blank = HeadFollower(), np.full((101, 101), 128.0)
    see(head, 0.0, 0.0, face=blank)
    for number in range(1, 6):
        seen = see(head, 0.05 * number, 6.0 * number, face=blank)
        # a round head's outline fits however it is turned; only what a turn changes counts
        assert seen is None or seen.likeness < 0.5


def test_another_face_is_not_taken_for_the_same():
    head = HeadFollower()
    see(head, 0.0, 0.0)
    seen = see(head, 0.1, 0.0, face=texture(8))
    assert seen is None or seen.likeness < 0.5


def test_a_head_that_is_hidden_is_no_fit():
    head, blank = HeadFollower(), np.full((101, 101), 128.0)
    see(head, 0.0, 0.0)
    hidden = [see(head, t_s, 0.0, face=blank) for t_s in np.arange(0.1, NEW_PICTURE_S, 0.1)]
    assert hidden.count(None) == len(hidden)
    assert see(head, NEW_PICTURE_S, 3.0).turn_deg == pytest.approx(3.0, abs=2.0), "and known when it is seen again"


def test_a_turn_faster_than_a_head_can_is_a_slip():
    step_s = 0.03
    too_far = FASTEST_DEG_S * step_s + 15
    head = HeadFollower()
    see(head, 0.0, 0.0)
    assert see(head, step_s, too_far) is None
    assert see(head, 2 * step_s, 4.0).turn_deg == pytest.approx(4.0, abs=2.0), "and the head is still known"
    slower = HeadFollower()
    see(slower, 0.0, 0.0)
    # the same turn, when there was time for it
    assert see(slower, 0.5, too_far).turn_deg == pytest.approx(too_far, abs=2.0)


def test_after_long_loss_there_is_a_new_picture():
    head = HeadFollower()
    see(head, 0.0, 0.0)
    assert see(head, NEW_PICTURE_S, 5.0).key == 1
    later = 2 * NEW_PICTURE_S + 0.1
    new = see(head, later, 5.0)
    assert (new.turn_deg, new.key, new.likeness) == (0.0, 2, 1.0)
    assert see(head, later + 0.1, 12.0).turn_deg == pytest.approx(7.0, abs=2.0), "turns count from the new picture"


def test_forgotten_heads_are_new():
    head = HeadFollower()
    assert see(head, 0.0, 0.0).key == 1
    head.forget()
    assert see(head, 0.1, 20.0) == HeadTurn(0.0, 2, 1.0)


@pytest.mark.parametrize("at", [(6.0, 90.0), (230.0, 4.0), (316.0, 90.0), (230.0, 178.0)])
def test_a_head_at_the_pictures_edge_is_not_taken(at):
    assert see(HeadFollower(), 0.0, 0.0, at) is None


def test_a_head_that_leaves_the_picture_is_lost_without_fuss():
    head = HeadFollower()
    see(head, 0.0, 0.0)
    places = [(230.0 + 30 * number, 90.0) for number in range(1, 8)]
    seen = [see(head, 0.1 * number, 0.0, at) for number, at in enumerate(places, 1)]
    assert seen[0] is not None
    assert seen[-1] is None


def test_what_is_too_small_or_not_there_is_not_followed():
    head, grey = HeadFollower(), scene(0.0)
    assert head.follow(grey, 0.0, marks(), 6.0 / RADIUS, outline()) is None
    assert head.follow(grey, 0.1, np.full((33, 2), np.nan), BODY_PX, outline()) is None
    gone = np.full(SIZE[0], np.nan)
    assert head.follow(grey, 0.3, marks(), BODY_PX, Silhouette(gone, gone, gone)) is None, "no person there"
    assert head.follow(grey, 0.4, marks(), BODY_PX, outline()).key == 1


def test_what_moves_behind_the_head_is_not_taken_for_it():
    # the wall turns the other way; only what the silhouette says is the person counts
    wall = cv2.GaussianBlur(np.random.default_rng(5).normal(0, 60, (400, 400)).astype(np.float32), (0, 0), 3.0) * 4
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    person = np.hypot(x - HOME[0], y - HOME[1]) <= HEAD_PX - 2
    there = person.any(axis=0)
    outline = Silhouette(
        np.where(there, person.argmax(axis=0), np.nan),
        np.where(there, SIZE[1] - 1 - person[::-1].argmax(axis=0), np.nan),
        np.zeros(SIZE[0]),
    )
    head = HeadFollower()
    for number in range(9):
        turn = 3.0 * number
        move = cv2.getRotationMatrix2D((200.0, 200.0), -turn, 1.0)
        move[:, 2] += np.array(HOME) - 200.0
        behind = 128 + cv2.warpAffine(wall, move, SIZE, flags=cv2.INTER_CUBIC)
        grey = np.clip(np.where(person, scene(turn), behind), 0, 255).astype(np.uint8)
        seen = head.follow(grey, number / 15, marks(), BODY_PX, outline)
        assert seen.turn_deg == pytest.approx(turn, abs=2.0)
