"""Finding patients: by any part of a name, birth date, record number or telephone. The same answers in both dialects.

SQLite has a trigram index (FTS5), PostgreSQL one of pg_trgm; both only narrow down what the same folded text decides.
A search stops as soon as it has enough rows, so that a single common letter in 100,000 patients costs no more than a
whole name: patients whose family name starts with the word come first, in order of name, then those with another part
that starts so, then those that have it inside a name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    column,
    delete,
    exists,
    func,
    select,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlalchemy.sql.functions import FunctionElement

from ptnotes.db.many import insert_all
from ptnotes.db.schema.patient import PatientNamePartRecord, PatientRecord
from ptnotes.domain.dates import read_dates
from ptnotes.domain.patient import Patient, PatientRow, digits_of, name_parts, parts_of, whole_name
from ptnotes.domain.text import LINE_LIMIT, fold

_INDEX = table("patient_search", column("rowid"), column("name"), column("digits"))
MRN_DIGITS = 10
"""A record number of fewer digits counts as a number, from which the next one follows."""
_TRIGRAM = 3
_ENOUGH_STARTS = 1000
"""Parts of names are counted so far, to learn which of several words is the rarest."""
_ENOUGH_INSIDE = 200
"""Rows looked at for a match inside a name before they are put in order."""
_DATE_WORDS = 3
_OF_NUMBERS = frozenset("0123456789()+/")
_LAST = "\U0010ffff"

NAMED = (
    PatientRecord.id,
    PatientRecord.mrn,
    PatientRecord.family_name,
    PatientRecord.given_name,
    PatientRecord.middle_name,
    PatientRecord.suffix,
    PatientRecord.preferred_name,
    PatientRecord.birth_date,
)
"""The columns from which `name_of` reads a patient's name, with id, record number and birth date."""
ROW = (
    *NAMED,
    PatientRecord.telephone,
    PatientRecord.archived_at,
    PatientRecord.sort_name,
    PatientRecord.search_text,
)


class Unindexed(FunctionElement[Any]):
    """A column whose index is of no use: nearly every row has the value that is asked for.

    SQLite takes an index with a value for the best there is, however many rows have it, and would look at every patient
    there is and sort them. It leaves one alone whose column stands behind a plus.
    """

    inherit_cache = True


@compiles(Unindexed)
def _plain(element: Unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)


@compiles(Unindexed, "sqlite")
def _behind_a_plus(element: Unindexed, compiler: SQLCompiler, **more: Any) -> str:
    return f"+{_plain(element, compiler, **more)}"


NOT_ARCHIVED = Unindexed(PatientRecord.archived_at).is_(None)

_Found = dict[int, tuple[int, str, Any]]
"""By a patient's id: how good the match is, the name to sort by, and the row."""
_Rows: TypeAlias = Select[*tuple[Any, ...]]
_NO_VALUES: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Which of several statements is meant: with archived patients or without, of certain birth dates or of all."""

    archived: bool
    is_by_birth_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """Whom a search may find: also archived patients, and where `born` holds any, those born on these days alone."""

    archived: bool
    born: tuple[date, ...] = ()

    @property
    def kind(self) -> _Kind:
        return _Kind(archived=self.archived, is_by_birth_date=bool(self.born))

    def values(self) -> dict[str, Any]:
        """The values of `kind`."""
        return {"born": self.born} if self.born else {}


def storable(query: str) -> str:
    """The part of a pasted text that names or numbers can hold: neither NUL and its like nor half a character."""
    kept = (" " if letter.isspace() else letter for letter in query[:LINE_LIMIT])
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cc", "Cs"})


def create_search(connection: Connection) -> None:
    """Make the index for matches inside names and numbers."""
    if connection.dialect.name == "postgresql":
        for name in ("search_text", "telephone_digits"):
            connection.execute(
                text(f"CREATE INDEX ix_patient_{name}_trigram ON patient USING gin ({name} gin_trgm_ops)")
            )
        return
    connection.execute(
        text(
            "CREATE VIRTUAL TABLE patient_search USING fts5("
            "name, digits, content = '', contentless_delete = 1, tokenize = 'trigram')"
        )
    )


def mrn_number(mrn: str) -> int | None:
    """The value of a record number that is all digits, from which the next one follows; None for any other."""
    digits = mrn if mrn.isdecimal() else fold(mrn)
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < MRN_DIGITS else None


SEARCH_COLUMNS = ("mrn_key", "mrn_number", "sort_name", "search_text", "telephone_digits")
"""The folded columns of a patient's record."""


def search_values(patient: Patient) -> tuple[str, int | None, str, str, str]:
    """The values of `SEARCH_COLUMNS`."""
    family, given, middle = fold(patient.family_name), fold(patient.given_name), fold(patient.middle_name)
    return (
        patient.mrn.casefold(),
        mrn_number(patient.mrn),
        f"{family} {given} {middle}".strip(),
        " ".join(parts_of(family, given, middle, fold(patient.preferred_name))),
        digits_of(patient.telephone),
    )


def index_patients(connection: Connection, patients: Iterable[Patient], *, stored_before: bool) -> None:
    """Bring the search index up to date with `patients`, which have ids. New ones need not be taken out first."""
    known = list(patients)
    if not known:
        return
    ids = [{"patient": patient.id} for patient in known]
    if stored_before:
        connection.execute(
            delete(PatientNamePartRecord).where(PatientNamePartRecord.patient_id == bindparam("patient")), ids
        )
        if connection.dialect.name == "sqlite":
            connection.execute(delete(_INDEX).where(_INDEX.c.rowid == bindparam("patient")), ids)
    index_rows(
        connection,
        [(patient.id or 0, " ".join(name_parts(patient)), digits_of(patient.telephone)) for patient in known],
    )


def index_rows(connection: Connection, rows: Sequence[tuple[int, str, str]]) -> None:
    """Index patients who are not in the search index yet: id, folded parts of their names, digits of the telephone."""
    parts = [(part, key) for key, names, _digits in rows for part in names.split()]
    insert_all(connection, PatientNamePartRecord.__table__, ("part", "patient_id"), parts)
    if connection.dialect.name == "sqlite":
        insert_all(connection, _INDEX, ("rowid", "name", "digits"), rows)


def forget_patients(connection: Connection, patient_ids: Sequence[int], *, merge: bool = True) -> None:
    """Take patients out of the index for matches inside names, with every piece of their names that it holds.

    Without `merge` the pieces stay until `merge_index` is called.
    """
    if connection.dialect.name == "postgresql":
        return
    connection.execute(delete(_INDEX).where(_INDEX.c.rowid.in_(patient_ids)))
    if merge:
        merge_index(connection)


def merge_index(connection: Connection) -> None:
    """Merge the parts of the index for matches inside names: until then one may hold what was deleted."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO patient_search(patient_search) VALUES ('optimize')"))


def find_patients(
    connection: Connection, query: str, today: date, *, limit: int = 50, archived: bool = False
) -> tuple[PatientRow, ...]:
    """Patients that match what was typed, best first; the first `limit` by name where nothing was typed.

    One or two letters match the starts of name parts, three or more any part of the name; several words must all
    match. A birth date however written, the start of a record number, and three or more digits of a telephone match
    too. Of a name and a birth date in one line both must match. `archived` also shows archived patients.
    """
    query = storable(query)
    found: _Found = {}
    shown = _Shown(archived=archived)
    words = fold(query).split()
    if not query.strip():
        _add(connection, found, 0, _all_by_name(shown.kind), limit)
        return _ranked(found, limit)
    if (parted := _name_and_dates(query, today)) is not None:
        name, dates = parted
        _add_names(connection, found, fold(name).split(), replace(shown, born=dates), limit)
        return _ranked(found, limit)
    if dates := read_dates(query, today):
        born = replace(shown, born=dates)
        _add(connection, found, 0, _all(born.kind), limit, born.values())
    if any(letter.isdecimal() for letter in query):
        _add_numbers(connection, found, query, shown, limit)
    if words and not set("".join(words)) <= _OF_NUMBERS:
        _add_names(connection, found, words, shown, limit)
    return _ranked(found, limit)


def likely_duplicates(connection: Connection, patient: Patient, *, limit: int = 20) -> tuple[PatientRow, ...]:
    """Patients that may be the same person: the same folded family and given name, or the same birth date with a name
    in common (a part that is equal, or that starts with the same three letters). Archived ones are shown too.
    """
    whole = f"{fold(patient.family_name)} {fold(patient.given_name)}".strip()
    parts = name_parts(patient)
    found: _Found = {}
    others = [] if patient.id is None else [PatientRecord.id != patient.id]
    same_name = select(*ROW).where(*others, _starts(PatientRecord.sort_name, "word_0"))
    _add(connection, found, 0, same_name.limit(bindparam("most")), limit, _range(0, whole))
    born = select(*ROW).where(*others, PatientRecord.birth_date == patient.birth_date).limit(500)
    for row in connection.execute(born):
        theirs = row.search_text.split()
        if any(mine[:_TRIGRAM] == other[:_TRIGRAM] for mine in parts for other in theirs):
            found.setdefault(row.id, (1, row.sort_name, row))
    return _ranked(found, limit)


def _add_names(
    connection: Connection, found: _Found, words: Sequence[str], shown: _Shown, limit: int
) -> None:
    if len(words) == 1:
        values = {**shown.values(), **_range(0, words[0])}
        _add(connection, found, 0, _by_family_name(shown.kind), limit, values)
    if len(found) < limit:
        driver = _rarest_start(connection, words)
        ordered = [driver, *(word for word in words if word != driver)]
        _add(connection, found, 1, _by_parts(shown.kind, len(ordered)), limit, _values(shown, ordered))
    long_words = [word for word in words if len(word) >= _TRIGRAM]
    if len(found) < limit and long_words:
        short = [word for word in words if len(word) < _TRIGRAM]
        query = _inside(connection.dialect.name, "name", len(long_words), len(short), shown.kind)
        values = {**_values(shown, short), **_held(connection.dialect.name, "name", long_words)}
        _add(connection, found, 2, query, _ENOUGH_INSIDE, values)


def _add_numbers(connection: Connection, found: _Found, query: str, shown: _Shown, limit: int) -> None:
    number = query.strip().casefold()
    values = {**shown.values(), **_range(0, number)}
    _add(connection, found, 0, _by_record_number(shown.kind), limit, values)
    digits = digits_of(query)
    if len(digits) >= _TRIGRAM and not any(letter.isalpha() for letter in query):
        by_telephone = _inside(connection.dialect.name, "digits", 1, 0, shown.kind)
        values = {**shown.values(), **_held(connection.dialect.name, "digits", [digits])}
        _add(connection, found, 1, by_telephone, limit, values)


def _name_and_dates(query: str, today: date) -> tuple[str, tuple[date, ...]] | None:
    """Part ``Moreau 12 Mar 1979`` into the name and what the date can mean; None where it is not both."""
    words = query.split()
    for length in range(1, min(len(words), _DATE_WORDS + 1)):
        for start in range(len(words) - length + 1):
            name = " ".join(words[:start] + words[start + length :])
            # The shortest words that make a date, so that no part of the name is taken for one of it.
            dates = read_dates(" ".join(words[start : start + length]), today)
            if dates and any(letter.isalpha() for letter in name):
                return name, dates
    return None


# The statements. Each is built once: to build one takes longer than most of them take to run. A word is given as the
# range ``word_N`` to ``word_N_end`` of what starts with it, the number of rows as ``most``.


def _range(place: int, word: str) -> dict[str, Any]:
    return {f"word_{place}": word, f"word_{place}_end": word + _LAST}


def _values(shown: _Shown, words: Sequence[str]) -> dict[str, Any]:
    values = shown.values()
    for place, word in enumerate(words):
        values |= _range(place, word)
    return values


def _starts(where: SQLCoreOperations[str], name: str) -> ColumnElement[bool]:
    return and_(where >= bindparam(name), where < bindparam(f"{name}_end"))


@cache
def _all(kind: _Kind) -> _Rows:
    query = select(*ROW)
    if not kind.archived:
        query = query.where(NOT_ARCHIVED)
    if kind.is_by_birth_date:
        query = query.where(PatientRecord.birth_date.in_(bindparam("born", expanding=True)))
    return query.limit(bindparam("most"))


@cache
def _all_by_name(kind: _Kind) -> _Rows:
    return _all(kind).order_by(PatientRecord.sort_name)


@cache
def _by_family_name(kind: _Kind) -> _Rows:
    return _all_by_name(kind).where(_starts(PatientRecord.sort_name, "word_0"))


@cache
def _by_record_number(kind: _Kind) -> _Rows:
    return _all(kind).where(_starts(PatientRecord.mrn_key, "word_0")).order_by(PatientRecord.mrn_key)


@lru_cache
def _by_parts(kind: _Kind, count: int) -> _Rows:
    """Patients of whom a part of the name starts with the first word, and others with each other one."""
    part = PatientNamePartRecord
    others = [_has_part_starting(f"word_{place}", part.patient_id) for place in range(1, count)]
    by_part = _all(kind).join(part, part.patient_id == PatientRecord.id)
    return by_part.where(_starts(part.part, "word_0"), *others).order_by(part.part, part.patient_id)


def _has_part_starting(name: str, patient_id: SQLCoreOperations[int]) -> ColumnElement[bool]:
    # Asked of the parts, by an index that holds all of them: the patient's own row is read only where all words fit.
    part = aliased(PatientNamePartRecord)
    return exists().where(part.patient_id == patient_id, _starts(part.part, name))


@lru_cache
def _inside(dialect: str, name: str, held: int, short: int, kind: _Kind) -> _Rows:
    """Patients that have `held` words anywhere in their name or in their telephone's digits (`name`), and `short` more
    at the start of a part of it.
    """
    query = _all(kind).where(
        *(_has_part_starting(f"word_{place}", PatientRecord.id) for place in range(short))
    )
    if dialect == "postgresql":
        where = {"name": PatientRecord.search_text, "digits": PatientRecord.telephone_digits}[name]
        return query.where(*(where.like(bindparam(f"held_{place}"), escape="/") for place in range(held)))
    # A join, not a list of ids: the index is read only until there are enough rows.
    joined = _INDEX.join(PatientRecord, PatientRecord.id == _INDEX.c.rowid)
    return query.select_from(joined).where(text("patient_search MATCH :phrases"))


def _held(dialect: str, name: str, words: Sequence[str]) -> dict[str, Any]:
    """The values of `_inside` for words that are held anywhere."""
    if dialect == "postgresql":
        plain = (word.replace("/", "//").replace("%", "/%").replace("_", "/_") for word in words)
        return {f"held_{place}": f"%{word}%" for place, word in enumerate(plain)}
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    return {"phrases": f"{name} : ({phrases})"}


@cache
def _starting() -> Select[int]:
    part = PatientNamePartRecord.part
    some = select(part).where(_starts(part, "word_0")).limit(_ENOUGH_STARTS).subquery()
    return select(func.count()).select_from(some)


def _rarest_start(connection: Connection, words: Sequence[str]) -> str:
    """Give the word that the fewest name parts start with, so that the others need to be looked at least."""
    if len(words) == 1:
        return words[0]
    counts = {word: connection.scalar(_starting(), _range(0, word)) or 0 for word in words}
    return min(counts, key=lambda word: counts[word])


def _add(
    connection: Connection,
    found: _Found,
    rank: int,
    query: _Rows,
    most: int,
    values: Mapping[str, Any] = _NO_VALUES,
) -> None:
    for row in connection.execute(query, {**values, "most": most}):
        found.setdefault(row.id, (rank, row.sort_name, row))


def name_of(row: Any) -> str:
    """The whole name of the patient in a row of `NAMED`."""
    return whole_name(row.family_name, row.given_name, row.middle_name, row.suffix, row.preferred_name)


def patient_row(row: Any) -> PatientRow:
    """The patient that a row of `ROW` shows."""
    return PatientRow(
        id=row.id,
        mrn=row.mrn,
        name=name_of(row),
        birth_date=row.birth_date,
        telephone=row.telephone,
        archived=row.archived_at is not None,
    )


def _ranked(found: _Found, limit: int) -> tuple[PatientRow, ...]:
    best = sorted(found.values(), key=lambda entry: entry[:2])[:limit]
    return tuple(patient_row(row) for _rank, _name, row in best)
