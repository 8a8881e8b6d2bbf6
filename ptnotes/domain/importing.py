"""Patients from elsewhere: how a file is read, what would become of each of its rows, and what an import made."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from ptnotes.domain.encodings import NONE_SEEN, LettersSeen
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.patient import Patient, PatientRow
from ptnotes.domain.sentences import sentence
from ptnotes.domain.wording import how_many


class FileKind(StrEnum):
    """What kind of file patients are read from."""

    CSV = "csv"
    FHIR = "fhir"


class Target(StrEnum):
    """What a column holds of a patient."""

    MRN = "mrn"
    UUID = "uuid"
    FULL_NAME = "full_name"
    FULL_NAME_GIVEN_FIRST = "full_name_given_first"
    FAMILY = "family_name"
    GIVEN = "given_name"
    MIDDLE = "middle_name"
    SUFFIX = "suffix"
    PREFERRED = "preferred_name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    TELEPHONE = "telephone"
    EMAIL = "email"
    STREET = "address"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    COUNTRY = "country"
    EMERGENCY = "emergency_contact"
    LANGUAGE = "language"
    ARCHIVED = "archived_at"
    KEEP_UNTIL = "retain_until"


TARGET_WORDS: Mapping[Target, str] = {
    Target.MRN: "Record number",
    Target.UUID: "Id of PT Notes (uuid)",
    Target.FULL_NAME: "Full name (Family, Given)",
    Target.FULL_NAME_GIVEN_FIRST: "Full name (Given Family)",
    Target.FAMILY: "Family name",
    Target.GIVEN: "Given name",
    Target.MIDDLE: "Middle name",
    Target.SUFFIX: "Suffix",
    Target.PREFERRED: "Preferred name",
    Target.BIRTH_DATE: "Birth date",
    Target.SEX: "Sex",
    Target.TELEPHONE: "Telephone",
    Target.EMAIL: "E-mail",
    Target.STREET: "Address",
    Target.CITY: "City",
    Target.STATE: "State",
    Target.ZIP: "ZIP code",
    Target.COUNTRY: "Country",
    Target.EMERGENCY: "Emergency contact",
    Target.LANGUAGE: "Language",
    Target.ARCHIVED: "Archived",
    Target.KEEP_UNTIL: "Kept until",
}
"""What each is called where columns are matched."""

FED_BY_ONE = frozenset(
    {
        Target.MRN,
        Target.UUID,
        Target.FULL_NAME,
        Target.FULL_NAME_GIVEN_FIRST,
        Target.BIRTH_DATE,
        Target.SEX,
        Target.ARCHIVED,
        Target.KEEP_UNTIL,
    }
)
"""What only one column can hold; all else may be put together from several, in the order of the columns."""


class DateOrder(StrEnum):
    """In which order the numbers of a date stand. A month in letters, or a year that comes first, is read in any."""

    YEAR_FIRST = "year_first"
    MONTH_FIRST = "month_first"
    DAY_FIRST = "day_first"


DATE_ORDER_WORDS: Mapping[DateOrder, str] = {
    DateOrder.YEAR_FIRST: "year, month, day",
    DateOrder.MONTH_FIRST: "month, day, year",
    DateOrder.DAY_FIRST: "day, month, year",
}
"""Each order in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """How a file is read: its letters, its separator, and what each column holds (None: nothing that is taken over).

    `header` are the names of the columns, made up ("Column 1") where the file has none. They stand in row `header_row`
    or the next that is not blank, as a spreadsheet counts; what is above it is passed over. `order_is_said` says that
    somebody or some file told the order of dates, `is_guarded` that
    texts carry the apostrophe that PT Notes puts before what a spreadsheet would run; one is taken away then.
    """

    kind: FileKind
    encoding: str = "utf-8"
    separator: str = ","
    has_header: bool = True
    header_row: int = 1
    header: tuple[str, ...] = ()
    targets: tuple[Target | None, ...] = ()
    date_order: DateOrder = DateOrder.MONTH_FIRST
    order_is_said: bool = False
    is_guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesSeen:
    """How many birth dates of a file can be read in which order: counts of rows. `clear` are the same in any."""

    month_first: int = 0
    day_first: int = 0
    year_first: int = 0
    either: int = 0
    clear: int = 0
    unread: int = 0

    @property
    def is_ambiguous(self) -> bool:
        """Whether nothing in the file tells which of the two orders is meant, or its dates contradict each other."""
        return bool(self.either and not self._told) or self.is_mixed

    @property
    def is_mixed(self) -> bool:
        """Whether some dates are possible in one order alone, and some in another alone."""
        return self._told > 1

    @property
    def is_told(self) -> bool:
        """Whether the dates tell their order, and none contradicts it."""
        return self._told == 1

    @property
    def needs_order(self) -> bool:
        """Whether any date of the file depends on the order in which dates are read."""
        return bool(self.either or self._told)

    @property
    def _told(self) -> int:
        """In how many orders some dates are possible in that one alone."""
        return sum(map(bool, (self.month_first, self.day_first, self.year_first)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file as it was looked at. `map` is what was guessed, or remembered from the last import of such a header.

    `first_rows` are the cells of the first rows as they stand there, without the header. `top` is how the file begins,
    with the number of each row: where its header may be. `is_order_remembered` says that the order of dates was told
    then, too; `letters` what the names tell of the encoding. `broken_off` says why and where reading ended too early.
    """

    path: Path
    map: ImportMap
    has_mark: bool
    size_bytes: int
    rows: int
    first_rows: tuple[tuple[str, ...], ...]
    dates: DatesSeen
    is_remembered: bool
    is_order_remembered: bool = False
    letters: LettersSeen = NONE_SEEN
    top: tuple[tuple[int, tuple[str, ...]], ...] = ()
    broken_off: Fault | None = None


class RowKind(StrEnum):
    """What becomes of a row."""

    MADE = "made"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Because(StrEnum):
    """Why a row may be somebody who is known already, the surest first."""

    SAME_RECORD = "same_record"
    SAME_NUMBER = "same_number"
    SAME_NAME = "same_name"
    SAME_TELEPHONE = "same_telephone"
    BIRTH_TURNED = "birth_turned"
    NAMES_TURNED = "names_turned"
    LIKE_NAME = "like_name"


BECAUSE_WORDS: Mapping[Because, str] = {
    Because.SAME_RECORD: "It is the very record: the same id.",
    Because.SAME_NUMBER: "The same record number.",
    Because.SAME_NAME: "The same name and birth date.",
    Because.SAME_TELEPHONE: "The same birth date and telephone.",
    Because.BIRTH_TURNED: "The same name, and the birth date with day and month changed about.",
    Because.NAMES_TURNED: "The same birth date, and the two names changed about.",
    Because.LIKE_NAME: "The same birth date and a name that is very like.",
}
"""Each reason as a sentence."""


CANNOT_BE_ADDED = frozenset({Because.SAME_RECORD})
"""Reasons in spite of which nobody can say that a row is somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Who a row may be: a patient of the clinic, or an earlier row of the file (`row` is its number then)."""

    patient: Patient
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One row of a file: what it says, what would become of it, and why, in sentences.

    `number` is the row as a spreadsheet counts it. `patient` is None where the row cannot be read as one; its record
    number is empty where the clinic would give the next. `can_be_added` says whether a duplicate may be added all
    the same.
    """

    number: int
    kind: RowKind
    cells: tuple[str, ...]
    patient: Patient | None = None
    reasons: tuple[str, ...] = ()
    because: Because | None = None
    other: Other | None = None
    can_be_added: bool = False


@dataclass(slots=True, eq=False)
class RowIndex:
    """What is kept of each row after a dry run: a few bytes, so that a page of rows can be read again from the file.

    `numbers` and `kinds` stand in the order of the rows; `others` and `because` in that of the duplicates. A negative
    number in `others` is that of an earlier row, a positive one a patient's id. `marks` are places to read on from: how
    many rows were before, the number of the row that follows, and where it begins. `stamp` tells a changed file.
    """

    numbers: array[int] = field(default_factory=lambda: array("I"))
    kinds: bytearray = field(default_factory=bytearray)
    others: array[int] = field(default_factory=lambda: array("q"))
    because: bytearray = field(default_factory=bytearray)
    marks: list[tuple[int, int, int]] = field(default_factory=list)
    stamp: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an import would do: counts of rows, the SHA-256 of the file in hexadecimal digits, and where each row is.

    `not_patients` counts what a FHIR file holds besides patients. `broken_off` says why and where reading ended before
    the end of the file; what follows there is in no count. `letters` is what the names tell of the encoding.
    """

    path: Path
    map: ImportMap
    digest: str
    rows: int
    made: int
    duplicates: int
    refused: int
    not_patients: int = 0
    broken_off: Fault | None = None
    letters: LettersSeen = NONE_SEEN
    index: RowIndex = field(repr=False, compare=False, default_factory=RowIndex)

    @property
    def can_be_added(self) -> int:
        """How many of the duplicates may be added all the same."""
        known = self.index.because
        return sum(known.count(place) for place, one in enumerate(Because) if one not in CANNOT_BE_ADDED)


class NotAdded:
    """Which rows an import did not add, and whom they may be like: eight bytes a row, and nothing that stands in it."""

    def __init__(self) -> None:
        self._kept = array("Q")

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, number: int, because: Because | None) -> None:
        """Keep a row by its number; `because` is None where it was refused."""
        code = 0 if because is None else _BECAUSE.index(because) + 1
        self._kept.append(number * _CODES + code)

    def __iter__(self) -> Iterator[tuple[int, Because | None]]:
        """The numbers in the order of the file, each with whom the row may be like, None where it was refused."""
        for kept in sorted(self._kept):
            number, code = divmod(kept, _CODES)
            yield number, _BECAUSE[code - 1] if code else None


_BECAUSE = tuple(Because)
_CODES = 16
"""More than there are reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: counts of rows. `was_stopped` says that it was stopped before the end of the file.

    `path`, `map` and `digest` say what was read and how, and `not_added` which of its rows were not taken over.
    `refused_path` names the file that holds what was refused and left out, None where none was asked for or needed.
    `has_changed` says that the file was changed by something else while it was read, `broken_off` why and where reading
    ended before its end.
    """

    run_id: int
    path: Path
    map: ImportMap
    digest: str
    rows: int
    made: int
    left_out: int
    refused: int
    not_added: NotAdded = field(repr=False, compare=False)
    was_stopped: bool = False
    has_changed: bool = False
    broken_off: Fault | None = None
    refused_path: Path | None = None


class RunState(StrEnum):
    """How far an import is."""

    UNDER_WAY = "under way, or cut off"
    DONE = "done"
    UNDO_CUT_OFF = "undo cut off"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """An import that was made. `left` counts the patients of it that are still in the clinic."""

    id: int
    kind: FileKind
    started_at: datetime
    zone: str
    who: str
    rows: int
    made: int
    refused: int
    left: int
    state: RunState
    digest: str
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What the undoing of an import did: how many patients went, and who was kept since something was done for them.

    `kept` names at most the first hundred. Where it `was_stopped`, nobody was kept yet and `left` are still there: the
    import says that its undoing was cut off, and is undone to its end when that is asked for again.
    """

    run_id: int
    removed: int
    kept_count: int
    was_stopped: bool = False
    left: int = 0
    kept: tuple[PatientRow, ...] = ()


def header_words(top: Sequence[tuple[int, tuple[str, ...]]], header_row: int) -> str:
    """In which row the header of a file that begins like this stands, and how many rows above it are passed over."""
    number = next((number for number, _names in top if number >= header_row), header_row)
    above = sum(1 for one, _names in top if one < number)
    return f"row {number}" + (f"; {how_many(above, 'row')} above it passed over" if above else "")


def dates_words(seen: DatesSeen, order: DateOrder) -> str:
    """In which order birth dates are read, where that makes a difference, as a sentence without its stop."""
    if seen.needs_order:
        return f"Dates are read as {DATE_ORDER_WORDS[order]}"
    if seen.clear:
        return "Every birth date reads the same in any order"
    return "No birth date of the file can be read" if seen.unread else "There is no birth date in the file"


def checked_map(columns: ImportMap) -> ImportMap:
    """The map, where patients can be made by it.

    Raises `InputError`: "import.no_birth_date", "import.no_name" where no column holds one, "import.two_columns" where
    two columns hold what can be in one alone, "import.name_twice" for a full name beside a family or given name.
    """
    faults = []
    chosen = [target for target in columns.targets if target is not None]
    if Target.BIRTH_DATE not in chosen:
        faults.append(Fault("import.no_birth_date", "import.columns"))
    parts, wholes = {Target.FAMILY, Target.GIVEN}, {Target.FULL_NAME, Target.FULL_NAME_GIVEN_FIRST}
    if whole := wholes & set(chosen):
        if whole == wholes or parts & set(chosen):
            faults.append(Fault("import.name_twice", "import.columns"))
    elif not parts <= set(chosen):
        faults.append(Fault("import.no_name", "import.columns"))
    faults.extend(
        Fault("import.two_columns", "import.columns", values={"what": TARGET_WORDS[target]})
        for target in Target
        if target in FED_BY_ONE and chosen.count(target) > 1
    )
    if faults:
        raise InputError(*faults)
    return columns


def reason_words(fault: Fault) -> str:
    """What is wrong with a row, as a sentence that names the part of the patient. It never holds what the row says."""
    said = sentence(fault)
    name = fault.field.removeprefix("patient.")
    if fault.code.startswith("text.") and name in _TARGETS:
        return f"{TARGET_WORDS[Target(name)]}: {said[0].lower()}{said[1:]}"
    return said


_TARGETS = frozenset(Target)
