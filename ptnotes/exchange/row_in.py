"""A record of cells to a patient: dates, sex and names as other systems write them. What is not understood is refused.

Nothing is guessed in silence: a date is read in the order that was settled for the whole file, and a year of two digits
only where one century is possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ptnotes.domain.dates import read_any_dates
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import (
    DATE_ORDER_WORDS,
    TARGET_WORDS,
    DateOrder,
    DatesSeen,
    ImportMap,
    Target,
)
from ptnotes.domain.patient import Patient, Sex, checked_patient
from ptnotes.domain.text import fold
from ptnotes.exchange.csv_in import UNREADABLE
from ptnotes.exchange.csv_text import unguarded

MOST_DATES = 16_384
"""Days that are remembered while a file is read: half of those that anybody living was born on."""
YOUNGEST_BY_TWO_DIGITS = 10
"""A year of two digits that makes somebody at most so old may as well be of the century before."""
_NUMBERS = re.compile(r"(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{1,4})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
_LEAST_IN_A_MONTH = 28
_MIDDLE_MONTH = re.compile(r"(\d{1,2})[-./ ]*([^\W\d_]+)[-./ ]*(\d{2})", re.ASCII)
_LINE_ENDS = re.compile(r"\s*[\r\n]+\s*")
_MIDNIGHT = re.compile(
    r"(?:T| +)(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? *AM)(?: *(?:Z|[+-]00:?00))?", re.ASCII | re.IGNORECASE
)
_ROUNDED = re.compile(r"\d(?:[.,]\d*)?E\+\d", re.ASCII)
_NAMES = frozenset({"patient.family_name", "patient.given_name", "patient.full_name"})
_NO_NAME = frozenset({"text.empty", "import.full_name", "import.full_name_parts"})
_DAYS_COUNTED = re.compile(r"[1-4]\d{4}", re.ASCII)
"""A spreadsheet's count of days, from 1927 to 2036."""
_PARTIAL = re.compile(r"\d{4}(?:-\d{2})?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_SEX: Mapping[str, Sex] = {
    fold(word): sex
    for sex, words in {
        Sex.FEMALE: ("f", "female", "w", "woman", "girl", "weiblich", "femme", "mujer"),
        Sex.MALE: ("m", "male", "man", "boy", "männlich", "homme", "hombre"),
        Sex.OTHER: ("o", "other", "x", "nonbinary", "non-binary", "nb", "intersex", "diverse", "divers"),
        Sex.UNKNOWN: (
            "", "u", "unk", "unknown", "unspecified", "not specified", "undisclosed", "not disclosed", "not recorded",
            "declined", "declined to answer", "decline to answer", "prefer not to say", "n/a", "na", "none",
        ),
    }.items()
    for word in words
}  # fmt: skip
"""What other systems write for sex. Figures are not among it: systems do not agree on what 1 and 2 mean."""
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
"""Never a name of its own: “Do” and “V” can be one."""
_YES = frozenset({"true", "yes", "y", "1", "archived", "inactive"})
_NO = frozenset({"false", "no", "n", "0", "active"})
_ONE_LINE = frozenset(
    {"mrn", "full_name", "full_name_given_first", "family_name", "given_name", "birth_date"}
)
"""What never holds a line end, unless a quote was lost and took another row into the cell."""
JOINTS = {"telephone": ", ", "address": ", ", "emergency_contact": ", ", "email": ", "}
"""What stands between the cells that make one text; else a space."""
REST_OF_ADDRESS = ("city", "state", "zip", "country")
"""What follows the street in an address, in that order."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A patient as a row says; the record number is empty where the row has none. `keep_until` is their own date until
    which the record is kept at least.
    """

    patient: Patient
    keep_until: date | None = None


class RowReader:
    """Reads the rows of one file by its map."""

    def __init__(self, columns: ImportMap, today: date, now: datetime) -> None:
        self._today, self._now = today, now
        self._order = columns.date_order
        self._is_guarded = columns.is_guarded
        self._width = len(columns.targets)
        self._header = _plain(columns.header) if columns.has_header else None
        self._dates: dict[str, date | str] = {}
        found = places_of(columns)
        self._single = [(target, places[0]) for target, places in found.items() if len(places) == 1]
        self._several = [(target, places) for target, places in found.items() if len(places) > 1]

    def read(self, cells: Sequence[str]) -> Incoming:
        """The patient. Raises `InputError` with every fault; the values of a fault never hold what the row says."""
        texts = self._texts(cells)
        faults = [
            Fault("import.rounded", f"patient.{name}", values={"what": TARGET_WORDS[Target(name)]})
            for name in ("mrn", "telephone")
            if is_rounded(texts.get(name, ""))
        ]
        try:
            family, given, middle, suffix = self._names(texts)
        except InputError as error:
            faults.extend(error.faults)
            family = given = middle = suffix = "-"
        born = self._born(texts.get("birth_date", ""), faults)
        sex = sex_of(texts.get("sex", ""))
        if sex is None:
            faults.append(Fault("import.sex", "patient.sex"))
        uuid = texts.get("uuid", "").strip().lower()
        if uuid and not is_uuid(uuid):
            faults.append(Fault("import.uuid", "patient.uuid"))
        archived_at = self._archived(texts.get("archived_at", ""), faults)
        keep_until = self._kept(texts.get("retain_until", ""), faults)
        patient = Patient(
            uuid=uuid,
            mrn=texts.get("mrn", ""),
            family_name=family,
            given_name=given,
            middle_name=middle,
            suffix=suffix,
            preferred_name=texts.get("preferred_name", ""),
            birth_date=born or self._today,
            sex=sex or Sex.UNKNOWN,
            telephone=texts.get("telephone", ""),
            email=texts.get("email", ""),
            address=_address(texts),
            emergency_contact=texts.get("emergency_contact", ""),
            language=texts.get("language", ""),
            archived_at=archived_at,
        )
        try:
            patient = checked_patient(patient, self._today, needs_mrn=False)
        except InputError as error:
            faults.extend(error.faults)
        if faults:
            raise InputError(*self._told(cells, texts, faults))
        return Incoming(patient, keep_until)

    def _told(self, cells: Sequence[str], texts: Mapping[str, str], faults: list[Fault]) -> list[Fault]:
        """What is wrong with a row: one thing where it is no row of a patient at all."""
        if _plain(cells) == self._header:
            return [Fault("import.header_again", "import.row")]
        codes = {fault.code for fault in faults if fault.field in _NAMES}
        if codes & _NO_NAME and not texts.get("birth_date", "").strip():
            return [Fault("import.nobody", "import.row")]
        return faults

    def _texts(self, cells: Sequence[str]) -> dict[str, str]:
        count = len(cells)
        if count > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise InputError(Fault("import.too_many_cells", "import.row"))
        if self._is_guarded:
            cells = [unguarded(cell) for cell in cells]
        texts = {target: cells[place] for target, place in self._single if place < count}
        for target, places in self._several:
            parts = [cells[place].strip() for place in places if place < count]
            texts[target] = JOINTS.get(target, " ").join(dict.fromkeys(part for part in parts if part))
        for text in texts.values():
            if not text.isascii() and UNREADABLE in text:
                raise InputError(Fault("import.unreadable", "import.row"))
        for target, text in texts.items():
            if not text.isprintable() and ("\n" in text or "\r" in text):
                if target in _ONE_LINE:
                    raise InputError(Fault("import.line_end", f"patient.{target}"))
                texts[target] = _LINE_ENDS.sub(JOINTS.get(target, " "), text.strip())
        return texts

    def _names(self, texts: Mapping[str, str]) -> tuple[str, str, str, str]:
        middle, suffix = texts.get("middle_name", ""), texts.get("suffix", "")
        if (whole := texts.get("full_name")) is not None:
            family, given, own_middle, own_suffix = parted_name(whole)
        elif (whole := texts.get("full_name_given_first")) is not None:
            family, given, own_middle, own_suffix = parted_name_given_first(whole)
        else:
            return texts.get("family_name", ""), texts.get("given_name", ""), middle, suffix
        return family, given, middle or own_middle, suffix or own_suffix

    def _born(self, text: str, faults: list[Fault]) -> date | None:
        field = "patient.birth_date"
        text = text.strip()
        if not text:
            faults.append(Fault("patient.birth_date.missing", field))
            return None
        found = self._dates.get(text)
        if found is None:
            found = read_date(text, self._order, self._today)
            if len(self._dates) < MOST_DATES:
                self._dates[text] = found
        if isinstance(found, str):
            faults.append(Fault(found, field, values={"order": DATE_ORDER_WORDS[self._order]}))
            return None
        return found

    def _archived(self, text: str, faults: list[Fault]) -> datetime | None:
        said = text.strip()
        if not said or said.casefold() in _NO:
            return None
        if said.casefold() in _YES:
            return self._now
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            faults.append(Fault("import.archived", "patient.archived_at"))
            return None
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)

    @staticmethod
    def _kept(text: str, faults: list[Fault]) -> date | None:
        said = text.strip()
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            faults.append(Fault("import.keep_until", "patient.retain_until"))
            return None


def places_of(columns: ImportMap) -> dict[str, tuple[int, ...]]:
    """In which columns each part of a patient stands, by the word of its target.

    Not by the target itself: an enumeration's own hash costs a call for each cell.
    """
    found: dict[str, tuple[int, ...]] = {}
    for place, target in enumerate(columns.targets):
        if target is not None:
            found[target.value] = (*found.get(target.value, ()), place)
    return found


def sex_of(said: str) -> Sex | None:
    """The sex that a word of another system means; None where it is not known."""
    return _SEX.get(said.lower()) or _SEX.get(fold(said))


def is_uuid(text: str) -> bool:
    """Whether a text in lower case is a uuid."""
    return _UUID.fullmatch(text) is not None


def parted_name(whole: str) -> tuple[str, str, str, str]:
    """Family, given, middle name and suffix of ``Family, Given M., Jr``; of ``Family, Jr, Given`` too.

    Only a single letter is taken for a middle name: two given names cannot be told from a given and a middle one.
    Raises `InputError` ("import.full_name") where no comma parts family and given name.
    """
    parts = [part.strip() for part in whole.split(",")]
    suffixes = [part for part in parts[1:] if fold(part) in _SUFFIXES]
    others = [part for part in parts if part and part not in suffixes]
    if len(others) != 2 or not parts[0]:
        raise InputError(Fault("import.full_name", "patient.full_name"))
    family, rest = others
    words = rest.split()
    middle = words.pop() if len(words) > 1 and len(words[-1].rstrip(".")) == 1 else ""
    return family, " ".join(words), middle, " ".join(suffixes)


def parted_name_given_first(whole: str) -> tuple[str, str, str, str]:
    """Family, given, middle name and suffix of ``Given M. Family Jr``; where a comma parts them, as `parted_name`.

    Of three names nobody can tell which two belong together, unless the middle one is a single letter. Raises
    `InputError` ("import.full_name", "import.full_name_parts").
    """
    words = whole.replace(",", " , ").split()
    suffixes: list[str] = []
    while len(words) > 2 and fold(words[-1]) in _SUFFIXES:
        suffixes.insert(0, words.pop())
        if words[-1] == ",":
            words.pop()
    if "," in words:
        return parted_name(whole)
    middle = words.pop(1) if len(words) == 3 and len(words[1].rstrip(".")) == 1 else ""
    if len(words) != 2:
        raise InputError(Fault("import.full_name_parts", "patient.full_name"))
    given, family = words
    return family, given, middle, " ".join(suffixes)


def _plain(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells as the names of columns are kept, without empty ones at the end."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet wrote a number in the way that loses most of its digits: ``5.55E+09``."""
    return "E+" in text and _ROUNDED.search(text) is not None


def read_date(text: str, order: DateOrder, today: date) -> date | str:
    """The day that a text names with its numbers in that order, or the code of what is wrong with it:
    "import.birth_date", "import.no_such_day" (in any order), "import.birth_date_partial" (no day or month),
    "import.birth_date_of_sheet" (a count of days, or what a narrow column shows), "import.century",
    "import.time_of_day".
    """
    if len(text) == 10 and text[4] == "-" == text[7]:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return "import.no_such_day" if _NUMBERS.fullmatch(text) else "import.birth_date"
    if order is not DateOrder.YEAR_FIRST and (match := _YEAR_LAST.fullmatch(text)) is not None:
        # As most lists have them; what is no day in this order is left to those below, who know why.
        first, second, year = map(int, match.groups())
        month, day = (first, second) if order is DateOrder.MONTH_FIRST else (second, first)
        if 0 < month <= 12 and 0 < day <= _LEAST_IN_A_MONTH and year:
            return date(year, month, day)
    return _read_date(text, order, today)


def _read_date(text: str, order: DateOrder, today: date) -> date | str:
    if len(text) > 40:
        return "import.birth_date"
    if _PARTIAL.fullmatch(text):
        return "import.birth_date_partial"
    if _DAYS_COUNTED.fullmatch(text) or (text and not text.strip("#")):
        return "import.birth_date_of_sheet"
    if ":" in text:
        text, count = _MIDNIGHT.subn("", text)
        if count != 1:
            return "import.time_of_day"
    readings = _readings(text, today)
    if isinstance(readings, str):
        return readings
    return readings.get(order, "import.birth_date")


def _readings(text: str, today: date) -> dict[DateOrder, date] | str:
    """The day that a text names in each order in which it can be read; the same in all where it can be only one."""
    match = _NUMBERS.fullmatch(text.strip())
    if match is None:
        return _other_readings(text, today)
    first, second, third = match.groups()
    if len(first) == 4:
        return _alike(_day(first, second, third, today)) if len(third) <= 2 else "import.birth_date"
    made = {}
    if len(first) <= 2 and len(third) in (2, 4):
        made = {
            DateOrder.MONTH_FIRST: _day(third, first, second, today),
            DateOrder.DAY_FIRST: _day(third, second, first, today),
        }
    if len(first) == 2 and len(third) <= 2:
        made[DateOrder.YEAR_FIRST] = _day(first, second, third, today)
    found = {order: day for order, day in made.items() if isinstance(day, date)}
    if found:
        return found
    if not made:
        return "import.birth_date"
    return "import.century" if "import.century" in made.values() else "import.no_such_day"


def _other_readings(text: str, today: date) -> dict[DateOrder, date] | str:
    """A date without separators, or with its month in letters."""
    if len(text) == 8 and text.isascii() and text.isdecimal():
        if isinstance(day := _day(text[:4], text[4:6], text[6:], today), date):
            return _alike(day)
        made = {
            DateOrder.MONTH_FIRST: _day(text[4:], text[:2], text[2:4], today),
            DateOrder.DAY_FIRST: _day(text[4:], text[2:4], text[:2], today),
        }
        return {order: day for order, day in made.items() if isinstance(day, date)} or "import.birth_date"
    if not any(letter.isalpha() for letter in text):
        return "import.birth_date"
    if (match := _MIDDLE_MONTH.fullmatch(text)) is not None:
        # A month between two numbers has the day before it; the year has two digits here.
        day, month, short = match.groups()
        january = _day(short, "1", "1", today)
        if isinstance(january, str):
            return january
        text = f"{day} {month} {january.year}"
    meant = read_any_dates(text, today)
    if len(meant) != 1:
        return "import.birth_date"
    return _alike(meant[0])


def _alike(day: date | str) -> dict[DateOrder, date] | str:
    return dict.fromkeys(DateOrder, day) if isinstance(day, date) else day


def _day(year: str, month: str, day: str, today: date) -> date | str:
    number = int(year)
    if len(year) == 2:
        number += today.year // 100 * 100
        if number > today.year:
            number -= 100
        if today.year - number <= YOUNGEST_BY_TWO_DIGITS:
            return "import.century"
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return "import.no_such_day"


class DateCounter:
    """Counts in which order the dates of a column can be read."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._told: dict[str, str] = {}
        self._counts = dict.fromkeys(
            ("month_first", "day_first", "year_first", "either", "clear", "unread"), 0
        )

    def see(self, text: str) -> None:
        """Take one date into account; a blank tells nothing."""
        text = text.strip()
        if not text:
            return
        told = self._told.get(text)
        if told is None:
            told = _order_told(text, self._today)
            if len(self._told) < MOST_DATES:
                self._told[text] = told
        self._counts[told] += 1

    @property
    def seen(self) -> DatesSeen:
        """What was counted so far."""
        return DatesSeen(**self._counts)


def _order_told(text: str, today: date) -> str:
    if len(text) > 40:
        return "unread"
    readings = _readings(_MIDNIGHT.sub("", text) if ":" in text else text, today)
    if isinstance(readings, str):
        return "unread"
    month_first, day_first = readings.get(DateOrder.MONTH_FIRST), readings.get(DateOrder.DAY_FIRST)
    if month_first is None or day_first is None:
        return "month_first" if month_first else "day_first" if day_first else "year_first"
    return "clear" if month_first == day_first else "either"


def likely_order(seen: DatesSeen, usual: DateOrder) -> DateOrder:
    """The order that most of a file's dates need; `usual` where nothing tells."""
    most, order = max(
        (seen.month_first, DateOrder.MONTH_FIRST),
        (seen.day_first, DateOrder.DAY_FIRST),
        (seen.year_first, DateOrder.YEAR_FIRST),
        key=lambda one: (one[0], one[1] is usual),
    )
    return order if most else usual


def _address(texts: Mapping[str, str]) -> str:
    """Street, city, state with ZIP code, and country on one line."""
    street = texts.get("address", "")
    rest = [texts.get(one, "").strip() for one in REST_OF_ADDRESS]
    return one_line_address(street.strip(), *rest) if any(rest) else street


def one_line_address(street: str, city: str, state: str, code: str, country: str) -> str:
    """An address of these parts on one line; those that are empty are left out."""
    region = f"{state} {code}" if state and code else state or code
    return ", ".join(filter(None, (street, city, region, country)))
