"""The spec of a clip: what somebody writes in a JSON file, checked.

Units are in the names; where a name has none it is metres for places and sizes, degrees for angles, and 0..1 for
colours (sRGB) and shares. World axes: x towards the side of the picture the head is on, y away from the camera, z up;
the mat lies at z = 0 and the hips near x = 0. Extension, bending and raising are positive.
May not know: bodies, Blender, video files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from formcheck.errors import SetupError

Exercise = Literal["spine_extension", "leg_raise", "arm_leg_raise"]
Arms = Literal["sides", "hands_by_shoulders", "forehead_on_hands", "overhead"]
Side = Literal["left", "right"]
Angle = Literal["lumbar", "thoracic", "neck", "knee_l", "knee_r", "hip_l", "hip_r", "arm_l", "arm_r"]

#: the angles of a pose in a spec, in the order they are worked through; `_l` and `_r` are the person's own sides
ANGLES: tuple[Angle, ...] = ("lumbar", "thoracic", "neck", "knee_l", "knee_r", "hip_l", "hip_r", "arm_l", "arm_r")

Share = Annotated[float, Field(ge=0, le=1)]
Rgb = tuple[Share, Share, Share]
Place = Annotated[float, Field(ge=-20, le=20)]
Length = Annotated[float, Field(gt=0, le=20)]
Seed = Annotated[int, Field(ge=0)]
#: of a picture; H.264 in 4:2:0 has one colour for two by two pixels
Pixels = Annotated[int, Field(ge=64, le=4096, multiple_of=2)]

MOST_REPS = 100
REMEDY = "Correct it and start again; the README beside the clip maker lists the keys."


class Part(BaseModel):
    """What all parts of a spec share: frozen, no unknown keys, no numbers as text, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def said(self) -> dict[str, Any]:
        """Return what the spec says itself, without the defaults, as JSON would."""
        return self.model_dump(mode="json", exclude_unset=True)


class Phenotype(Part):
    """A body's make-up, each 0..1: `gender` 0 male to 1 female, `age` with 2/3 a young adult and 1 old, and so on."""

    gender: Share = 1.0
    age: Share = 0.85
    muscle: Share = 0.4
    weight: Share = 0.5
    height: Share = 0.4
    proportions: Share = 0.5


class Look(Part):
    """Skin, hair and clothes.

    `sleeve`: where it ends, 0 the shoulder, 1 the elbow, 2 the wrist. `shirt_hem`, `trouser_hem`: metres above crotch
    and ankle. `shirt_ease`, `trouser_ease`: metres the cloth stands off. `beard`: how thick. `seed`: of the weave.
    """

    seed: Seed = 0
    skin: Rgb
    hair: Rgb
    hair_style: Literal["short", "receding", "bald_top", "bun", "bob"] = "short"
    hair_cm: Annotated[float, Field(ge=0, le=10)] = 1.8
    bun_cm: Annotated[float, Field(gt=0, le=10)] = 3.4
    beard: Share = 0.0
    shirt: Rgb = (0.85, 0.85, 0.85)
    shirt_pattern: Literal["plain", "stripes", "check", "logo", "side_stripe"] = "plain"
    shirt_accent: Rgb = (0.9, 0.9, 0.9)
    shirt_hem: Annotated[float, Field(ge=-0.3, le=0.3)] = 0.03
    shirt_ease: Annotated[float, Field(ge=0, le=0.1)] = 0.011
    sleeve: Annotated[float, Field(ge=0, le=2)] = 0.62
    trousers: Rgb = (0.85, 0.85, 0.85)
    trousers_pattern: Literal["plain", "stripes", "check", "logo", "side_stripe"] = "plain"
    trousers_accent: Rgb = (0.9, 0.9, 0.9)
    trouser_hem: Annotated[float, Field(ge=-0.2, le=0.8)] = 0.045
    trouser_ease: Annotated[float, Field(ge=0, le=0.1)] = 0.007
    socks: bool = False
    socks_rgb: Rgb = (0.85, 0.85, 0.85)


class Furniture(Part):
    """A box in the room: whole edge lengths, its centre, and what it is made of. `turn`: degrees about the vertical."""

    size: tuple[Length, Length, Length]
    at: tuple[Place, Place, Place]
    rgb: Rgb
    rough: Share = 0.7
    mottling: Share = 0.15
    bevel: Annotated[float, Field(ge=0, le=1)] = 0.01
    turn: Annotated[float, Field(ge=-360, le=360)] = 0.0


class Room(Part):
    """Floor, walls, furniture. `wall_m`: how far behind the mat's middle the wall is. `side_wall_x`: None for none."""

    floor: Literal["planks", "carpet", "plain"] = "planks"
    floor_rgb: Rgb
    wall_m: Annotated[float, Field(ge=0.5, le=6.5)] = 2.2
    wall_rgb: Rgb
    skirting_rgb: Rgb = (0.9, 0.9, 0.88)
    side_wall_x: Place | None = None
    furniture: tuple[Furniture, ...] = ()


class Mat(Part):
    """The mat: without `rgb` there is none. `size`: length and width; `x`: its middle's."""

    rgb: Rgb | None = None
    size: tuple[Length, Length] = (2.1, 0.75)
    x: Place = -0.12


class Lamp(Part):
    """A square lamp that shines at the mat. `size`: its edge; large ones give soft shadows."""

    watt: Annotated[float, Field(ge=0, le=5000)]
    at: tuple[Place, Place, Place]
    size: Annotated[float, Field(gt=0, le=10)] = 1.8
    rgb: Rgb = (1.0, 0.96, 0.9)


class Light(Part):
    """The light: `ambient` from everywhere (1 is as bright as white paper), and up to two lamps."""

    ambient: Annotated[float, Field(ge=0, le=5)] = 0.4
    ambient_rgb: Rgb = (0.85, 0.9, 1.0)
    key: Lamp | None = None
    fill: Lamp | None = None


class Camera(Part):
    """The camera, which looks at `target` from `distance_m` away along the floor.

    `yaw_deg`: 0 is straight from the side, positive from the head's side of the picture.
    """

    yaw_deg: Annotated[float, Field(ge=-90, le=90)]
    distance_m: Annotated[float, Field(ge=0.5, le=10)]
    height_m: Annotated[float, Field(ge=0.02, le=5)]
    roll_deg: Annotated[float, Field(ge=-45, le=45)] = 0.0
    hfov_deg: Annotated[float, Field(ge=15, le=120)] = 62.0
    target: tuple[Place, Place, Place] = (-0.1, 0.0, 0.25)


class Webcam(Part):
    """What the sensor adds: `noise` in grey levels of 255, `drift` of the exposure as a share, `blur_px`, `gain`."""

    noise: Annotated[float, Field(ge=0, le=60)] = 2.0
    drift: Annotated[float, Field(ge=0, le=0.5)] = 0.012
    blur_px: Annotated[float, Field(ge=0, le=10)] = 0.5
    gain: Annotated[float, Field(gt=0, le=5)] = 1.0


class Bystander(Part):
    """Somebody who stands still at `at` (x, y), turned `turn` degrees about the vertical."""

    body: Phenotype
    look: Look
    at: tuple[Place, Place]
    turn: Annotated[float, Field(ge=-360, le=360)] = 0.0


class Rep(Part):
    """A lift and its way back: the peak angles in degrees from rest, and how long each part takes in seconds.

    `side`: the person's own raised leg, in the leg exercises. `gamma`: exponent of the phase for single angles; above 1
    that angle comes late. `sway`: how far the phase trembles while holding. `borderline`: too near a limit for its
    labels to be held against anybody.
    """

    side: Side | None = None
    lumbar: Annotated[float, Field(ge=-20, le=60)] = 0.0
    thoracic: Annotated[float, Field(ge=-30, le=60)] = 0.0
    neck: Annotated[float, Field(ge=-60, le=80)] = 0.0
    knee_l: Annotated[float, Field(ge=-10, le=150)] = 0.0
    knee_r: Annotated[float, Field(ge=-10, le=150)] = 0.0
    hip_l: Annotated[float, Field(ge=-20, le=60)] = 0.0
    hip_r: Annotated[float, Field(ge=-20, le=60)] = 0.0
    arm_l: Annotated[float, Field(ge=-20, le=120)] = 0.0
    arm_r: Annotated[float, Field(ge=-20, le=120)] = 0.0
    lift_s: Annotated[float, Field(ge=0.1, le=60)]
    hold_s: Annotated[float, Field(ge=0.05, le=120)]
    lower_s: Annotated[float, Field(ge=0.1, le=60)]
    rest_after_s: Annotated[float, Field(ge=0, le=120)] = 1.5
    sway: Annotated[float, Field(ge=0, le=0.5)] = 0.03
    gamma: dict[Angle, Annotated[float, Field(ge=0.1, le=10)]] = {}
    borderline: bool = False


class Spec(Part):
    """A whole clip. A `body` of null is an empty room; a clip without `reps` needs its `duration_s`.

    `pillow_m`: height under the hips, 0 for none. `towel_m`: of a folded towel under the forehead. `leg_spread_deg`:
    outward turn of each leg. `tuck_deg`: of the resting head's chin. `breath_cm`: rise of the chest at rest.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    exercise: Exercise
    fps: Annotated[int, Field(ge=5, le=120)]
    size: tuple[Pixels, Pixels]
    seed: Seed = 0
    head_side: Side
    arms: Arms
    palm: Literal["up", "down", "in"] = "up"
    body: Phenotype | None
    look: Look | None = None
    room: Room
    light: Light
    camera: Camera
    webcam: Webcam = Webcam()
    mat: Mat = Mat()
    bystanders: tuple[Bystander, ...] = ()
    pillow_m: Annotated[float, Field(ge=0, le=0.25)] = 0.0
    pillow_rgb: Rgb = (0.9, 0.88, 0.85)
    towel_m: Annotated[float, Field(ge=0, le=0.2)] = 0.0
    towel_rgb: Rgb = (0.8, 0.85, 0.9)
    leg_spread_deg: Annotated[float, Field(ge=-15, le=40)] = -3.0
    tuck_deg: Annotated[float, Field(ge=-30, le=45)] = 22.0
    breath_cm: Annotated[float, Field(ge=0, le=3)] = 0.35
    lead_in_s: Annotated[float, Field(ge=0, le=120)] = 4.0
    tail_s: Annotated[float, Field(ge=0, le=120)] = 2.0
    duration_s: Annotated[float, Field(gt=0, le=600)] | None = None
    reps: Annotated[tuple[Rep, ...], Field(max_length=MOST_REPS)] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Spec:
        """Raise ValueError when parts that are right one by one do not make a clip."""
        if self.body is None and self.reps:
            raise ValueError("there is nobody (body is null) to do the reps")
        if self.body is not None and self.look is None:
            raise ValueError("a body needs its look")
        if (self.duration_s is None) == (not self.reps):
            raise ValueError("it needs either reps or duration_s, not both")
        sided = self.exercise != "spine_extension"
        for number, rep in enumerate(self.reps, 1):
            if (rep.side is not None) != sided:
                raise ValueError(f"rep {number}: side is {'missing' if sided else 'for leg raises only'}")
        return self


def parsed(text: str, told_by: str) -> Spec:
    """Return the spec in a JSON text; SetupError, which names `told_by`, when it is wrong."""
    try:
        return Spec.model_validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(_sentence(part["loc"], part["type"], part["msg"]) for part in error.errors()[:3])
        raise SetupError(f"The spec {told_by} is wrong: {wrong}.", REMEDY) from error


def load(path: Path) -> Spec:
    """Return the spec in that file; SetupError when it cannot be read or is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SetupError(f"The spec {path} cannot be read ({why}).", "Check the path.") from error
    return parsed(text, str(path))


def _sentence(place: tuple[int | str, ...], kind: str, message: str) -> str:
    """Return one finding of Pydantic's in plain words; counted from 1, as people count."""
    named = ".".join(f"{part + 1}" if isinstance(part, int) else part for part in place)
    if kind == "extra_forbidden":
        return f"there is no key '{named}'"
    if kind == "missing":
        return f"'{named}' is missing"
    said = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{named} {said}" if named else said[0].lower() + said[1:]
