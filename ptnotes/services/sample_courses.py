"""Made-up courses of care: read from the resources, and played out visit by visit, the same for the same seed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any

_FILES = ("courses_spine.toml", "courses_limbs.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseMotion:
    """A motion measured in the course: its value at the first visit and its goal, in the motion's unit."""

    id: str
    first: Decimal | int
    to: Decimal | int
    side: str = ""
    method: str
    position: str | None = None
    passive: bool = False
    goal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseWord:
    """A motion judged in words, from the first word to the last as the course goes well."""

    id: str
    words: list[str]
    method: str
    side: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTechnique:
    """A technique used at every `every`-th visit. `dose` reads ``3x45s``, ``2x10`` or ``1 thrust``.

    ``{near}`` and ``{far}`` in `position` and `direction` stand for the painful side and the other one.
    """

    id: str
    targets: list[str]
    side: str
    grades: list[str]
    dose: str
    position: str
    direction: str = ""
    every: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseExercise:
    """An exercise and how it grows from step to step; at home also how often a day and on how many days a week."""

    name: str
    sets: int
    reps: int | None = None
    hold_s: int | None = None
    load: Decimal | int | None = None
    load_unit: str = "kg"
    bands: list[str] | None = None
    step_reps: int = 0
    step_hold_s: int = 0
    step_load: Decimal | int = 0
    cue: str = ""
    place: str = "clinic"
    times_a_day: int | None = None
    days_a_week: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseGoal:
    """A goal: of a motion (``rom``), the pain (``pain``), the course's ``measure`` or another (``outcome``)."""

    kind: str
    words: str
    function: str = ""
    motion: str | None = None
    measure: str | None = None
    first: int | None = None
    to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A complaint and its care. `pain` and `worst` are the first score and the goal, 0 to 10.

    `code` is of the medical diagnosis, with its `words` where the reference data do not know it; `treats` is of what is
    treated of it. `judgement` is what the evaluation makes of what was found, `later` what follows treatment.
    """

    id: str
    title: str
    regions: list[str]
    code: str | dict[str, str]
    words: str = ""
    treats: str | dict[str, str]
    sided: bool = False
    onset: str
    onset_days: int
    mechanism: str
    surgery: str = ""
    prior: str
    present: str
    complexities: str
    skilled: str
    judgement: str
    precaution: str = ""
    visits_a_week: Decimal | int
    weeks: int
    prognosis: str
    later: str
    place: str
    pain: list[int]
    worst: list[int] | None = None
    measure: dict[str, Any]
    sign: dict[str, str] | None = None
    method_change: dict[str, Any] | None = None
    notes: dict[str, list[str]]
    motion: list[CourseMotion]
    word: list[CourseWord]
    technique: list[CourseTechnique]
    exercise: list[CourseExercise]
    goal: list[CourseGoal]


def code_for(code: str | dict[str, str], side: str) -> str:
    """A diagnosis code for the painful side, ``left`` or ``right``."""
    return code if isinstance(code, str) else code[side]


_PARTS: dict[str, type[Any]] = {
    "motion": CourseMotion,
    "word": CourseWord,
    "technique": CourseTechnique,
    "exercise": CourseExercise,
    "goal": CourseGoal,
}


def load_courses() -> Mapping[str, Course]:
    """Every course by its id, in the order of the files. A key that a course does not have raises `TypeError`."""
    folder = files("ptnotes.resources") / "sample"
    courses = {}
    for name in _FILES:
        for entry in tomllib.loads((folder / name).read_text("utf-8"), parse_float=Decimal)["course"]:
            for part, kind in _PARTS.items():
                entry[part] = [kind(**row) for row in entry.get(part, [])]
            courses[entry["id"]] = Course(**entry)
    return courses
