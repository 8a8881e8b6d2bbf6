"""An import under way: what becomes of each row, and storing it in turns that a save hardly waits for."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter
from typing import BinaryIO, NamedTuple

from ptnotes.db import imports as stored
from ptnotes.db.audit import Writing
from ptnotes.db.patients import first_free_id, next_mrn
from ptnotes.db.search import mrn_number
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import (
    BECAUSE_WORDS,
    CANNOT_BE_ADDED,
    Because,
    ImportMap,
    NotAdded,
    RowKind,
    Target,
    reason_words,
)
from ptnotes.domain.patient import Patient
from ptnotes.domain.same_person import Keys, Known
from ptnotes.exchange.csv_text import unguarded
from ptnotes.exchange.file_in import Rows, rows_of
from ptnotes.exchange.map_text import map_text
from ptnotes.exchange.refused_out import RefusedRows
from ptnotes.exchange.row_in import Incoming
from ptnotes.exchange.rows_in import RowsReader
from ptnotes.services.audit import log
from ptnotes.services.import_source import GoOn, Progress, Stop
from ptnotes.services.opening import OpenClinic

LOOK_EVERY = 500
"""Rows that are read at once. Then somebody is told how far it is, and asked whether to go on."""
_GATHERED = 5_000
"""Rows that are read before they are stored. Each turn writes most pages of the indexes, however few rows it has."""
_AT_ONCE = 250
"""Rows after which a turn at writing ends where somebody waits: a save in the window waits for these at most."""
_COLLECTED_AFTER = 50_000
_TURN_S = 0.3
"""How long a turn lasts at most: who waits in another program is not seen from here."""


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Look for garbage seldom within the block: a row makes some ten values, of which none is ever in a ring."""
    before = gc.get_threshold()
    gc.set_threshold(max(_COLLECTED_AFTER, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def reasons_of(because: Because | None, faults: Sequence[Fault]) -> tuple[str, ...]:
    """Why a row is left out or refused, in sentences."""
    if because is not None:
        return (BECAUSE_WORDS[because],)
    return tuple(dict.fromkeys(map(reason_words, faults)))


class Verdict(NamedTuple):
    """What becomes of a row: who it says, or why it is refused; who it may be, and why.

    `other` is the id of a patient, less than zero for an earlier row, and zero where nobody asked for more than why.
    """

    number: int
    cells: list[str]
    kind: RowKind
    incoming: Incoming | None = None
    faults: tuple[Fault, ...] = ()
    because: Because | None = None
    other: int = 0

    @property
    def can_be_added(self) -> bool:
        """Whether a duplicate may be added all the same."""
        return self.because is not None and self.because not in CANNOT_BE_ADDED

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the row is left out or refused, in sentences."""
        return reasons_of(self.because, self.faults)


class Judge:
    """Says of each row what becomes of it, by the clinic's patients and the rows before.

    In a dry run nothing is stored, so that all that is known of the rows before is kept in memory. While rows are
    `stored`, the store itself is asked for their record numbers and ids.
    """

    def __init__(
        self,
        clinic: OpenClinic,
        columns: ImportMap,
        go_on: GoOn,
        add: frozenset[int] = frozenset(),
        *,
        stored_as: Given | None = None,
    ) -> None:
        self._reader = RowsReader(columns, clinic.today(), clinic.clock())
        self._clinic, self._add, self._given = clinic, add, stored_as
        is_dry = stored_as is None
        self.known = Known(has_uuids=Target.UUID in columns.targets, has_numbers=is_dry, has_places=is_dry)
        self.last_id = 0
        with clinic.store.read() as connection:
            for count, row in enumerate(stored.everybody(connection)):
                if count % LOOK_EVERY == 0:
                    go_on()
                self.known.add_patient(self.known.keys(row), row.id)
                self.last_id = row.id

    def blocks(self, rows: Rows) -> Iterator[list[Verdict]]:
        """What becomes of each row, in their order, `LOOK_EVERY` at a time."""
        block: list[tuple[int, list[str], Fault | None]] = []
        for number, cells, code in rows:
            block.append((number, cells, rows.fault(code) if code else None))
            if len(block) == LOOK_EVERY:
                yield self._verdicts(block)
                block = []
        if block:
            yield self._verdicts(block)

    def forget_given(self) -> None:
        """Forget which numbers and ids wait for the store: they are in it by now."""
        if self._given is not None:
            self._given.forget()

    def _verdicts(self, block: list[tuple[int, list[str], Fault | None]]) -> list[Verdict]:
        read = self._reader.read([cells for _number, cells, fault in block if fault is None])
        if self._given is not None:
            patients = [one.patient for one in read if isinstance(one, Incoming)]
            with self._clinic.store.read() as connection:
                self._given.look_up(connection, patients)
        following = iter(read)
        return [
            self._judged(number, cells, next(following) if fault is None else InputError(fault))
            for number, cells, fault in block
        ]

    def _judged(self, number: int, cells: list[str], incoming: Incoming | InputError) -> Verdict:
        if isinstance(incoming, InputError):
            return Verdict(number, cells, RowKind.REFUSED, faults=incoming.faults)
        keys = self.known.keys(incoming.patient)
        found = self._found(incoming.patient, keys)
        if found is not None:
            verdict = Verdict(number, cells, RowKind.DUPLICATE, incoming, because=found[0], other=found[1])
            if number not in self._add or not verdict.can_be_added:
                return verdict
            if found[0] is Because.SAME_NUMBER:
                # The number is somebody else's; the next free one is given.
                incoming = replace(incoming, patient=replace(incoming.patient, mrn=""))
                keys = self.known.keys(incoming.patient)
        self.known.add_row(keys, number)
        if self._given is not None:
            self._given.add(incoming.patient)
        return Verdict(number, cells, RowKind.MADE, incoming)

    def _found(self, patient: Patient, keys: Keys) -> tuple[Because, int] | None:
        because = None if self._given is None else self._given.to(patient)
        return self.known.match(keys) if because is None else (because, 0)


class Given:
    """The record numbers and ids that belong to somebody: to patients of the store, and to rows that wait for it."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()
        self._uuids: set[str] = set()

    def look_up(self, connection: Writing, patients: Sequence[Patient]) -> None:
        """Learn which numbers and ids of these patients are in the store."""
        numbers, uuids = stored.given(connection, patients)
        self._numbers |= numbers
        self._uuids |= uuids

    def to(self, patient: Patient) -> Because | None:
        """Whether the id or the record number is somebody's."""
        if patient.uuid and patient.uuid in self._uuids:
            return Because.SAME_RECORD
        return Because.SAME_NUMBER if patient.mrn and patient.mrn.casefold() in self._numbers else None

    def add(self, patient: Patient) -> None:
        """Know the number and the id of a row that is to be stored."""
        if patient.uuid:
            self._uuids.add(patient.uuid)
        if patient.mrn:
            self._numbers.add(patient.mrn.casefold())

    def forget(self) -> None:
        """Forget all of them: whatever waited is in the store by now."""
        self._numbers.clear()
        self._uuids.clear()


class Run:
    """An import under way: begun in the store and the audit, carried out in short turns at writing."""

    def __init__(
        self, clinic: OpenClinic, columns: ImportMap, first: FirstPass, back: RefusedRows | None
    ) -> None:
        self._clinic, self._columns, self._first, self._back = clinic, columns, first, back
        self._is_undone = False
        self.made = self.left_out = self.refused = 0
        self.not_added = NotAdded()
        at = clinic.clock()
        with clinic.store.write() as connection:
            self.id = stored.begin_run(
                connection,
                kind=columns.kind,
                at=at,
                zone=clinic.zone,
                person_id=clinic.person_id,
                rows=first.rows,
                digest=bytes.fromhex(first.digest),
                mapping=map_text(columns),
            )
            log(
                clinic, connection, Verb.MADE, Subject.IMPORT, self.id,
                detail=f"SHA-256 {first.digest}", count=first.rows,
            )  # fmt: skip
            connection.commit()

    def carry_out(self, rows: Rows, judge: Judge, progress: Progress, stop: Stop) -> bool:
        """Store what the rows make. Gives whether it was stopped before the end."""
        waiting: list[Verdict] = []
        was_stopped = False
        done = 0

        def is_stopped() -> bool:
            return stop() or self._clinic.ending.is_set()

        for verdicts in judge.blocks(rows):
            progress(done, self._first.rows)
            was_stopped = is_stopped()
            if was_stopped:
                break
            done += len(verdicts)
            for verdict in verdicts:
                if verdict.kind is RowKind.MADE:
                    waiting.append(verdict)
                else:
                    self._give_back(verdict)
            if len(waiting) >= _GATHERED:
                waiting = self._store(judge, waiting, is_stopped)
                judge.forget_given()
            if self._is_undone:
                break
        if not was_stopped:
            waiting = self._store(judge, waiting, is_stopped)
            was_stopped = bool(waiting)
        progress(self.made + self.left_out + self.refused, self._first.rows)
        return was_stopped or self._is_undone

    def finish(self) -> None:
        """Store that the import came to its end."""
        with self._clinic.store.write() as connection:
            stored.set_run(
                connection,
                self.id,
                made=self.made,
                refused=self.left_out + self.refused,
                finished_at=self._clinic.clock(),
            )
            connection.commit()

    def _give_back(self, verdict: Verdict) -> None:
        if verdict.kind is RowKind.DUPLICATE:
            self.left_out += 1
        else:
            self.refused += 1
        self.not_added.add(verdict.number, verdict.because)
        if self._back is not None:
            self._back.write(verdict.cells, verdict.reasons)

    def _store(self, judge: Judge, waiting: list[Verdict], is_stopped: Stop) -> list[Verdict]:
        """Store rows, in as many turns at writing as it takes. Gives those that are left where it is stopped."""
        while waiting and not self._is_undone and not is_stopped():
            waiting = self._one_turn(judge, waiting, is_stopped)
        return waiting

    def _one_turn(self, judge: Judge, waiting: list[Verdict], is_stopped: Stop) -> list[Verdict]:
        """One transaction, that ends as soon as somebody else wants to write. Gives the rows that are left to do."""
        store = self._clinic.store
        left: list[Verdict] = []
        done = made = 0
        with store.write() as connection:
            begun = perf_counter()
            new = self._still_new(connection, judge, waiting, left)
            first_id = first_free_id(connection)
            while done < len(new):
                some = self._not_taken(connection, new[done : done + _AT_ONCE], left)
                stored.store_rows(connection, self.id, some, self._clinic.clock(), first_id + made)
                made += len(some)
                done += _AT_ONCE
                if store.is_wanted or perf_counter() - begun > _TURN_S or is_stopped():
                    break
            judge.last_id = stored.last_id(connection)
            refused = self.left_out + self.refused + len(left)
            if not stored.set_run(connection, self.id, made=self.made + made, refused=refused):
                self._is_undone = True
                return []
            connection.commit()
        self.made += made
        for verdict in left:
            self._give_back(verdict)
        return new[done:]

    def _not_taken(
        self, connection: Writing, verdicts: list[Verdict], left: list[Verdict]
    ) -> list[stored.NewRow]:
        """The rows, but those whose record number was given to somebody meanwhile: they go to `left`."""
        rows = self._numbered(connection, verdicts)
        taken = stored.taken(connection, rows)
        if not taken:
            return rows
        left.extend(
            verdict._replace(kind=RowKind.DUPLICATE, because=Because.SAME_NUMBER)
            for verdict in verdicts
            if verdict.number in taken
        )
        return [row for row in rows if row.number not in taken]

    @staticmethod
    def _still_new(
        connection: Writing, judge: Judge, waiting: list[Verdict], left: list[Verdict]
    ) -> list[Verdict]:
        """The rows that are not like anybody who was added elsewhere since the last turn; the others go to `left`."""
        newcomers = list(stored.everybody(connection, after_id=judge.last_id))
        if not newcomers:
            return waiting
        fresh = Known(has_uuids=True)
        for row in newcomers:
            fresh.add_patient(fresh.keys(row), row.id)
            judge.known.add_patient(judge.known.keys(row), row.id)
        new = []
        for verdict in waiting:
            found = None if verdict.incoming is None else fresh.match(fresh.keys(verdict.incoming.patient))
            if found is None:
                new.append(verdict)
            else:
                left.append(verdict._replace(kind=RowKind.DUPLICATE, because=found[0], other=found[1]))
        return new

    def _numbered(self, connection: Writing, verdicts: list[Verdict]) -> list[stored.NewRow]:
        """The rows as they are stored, each with its record number."""
        free = 0
        rows = []
        for verdict in verdicts:
            if verdict.incoming is None:
                raise ValueError("a row that is refused is not stored")
            patient = verdict.incoming.patient
            if not patient.mrn:
                # Above every number of the clinic and of the file: a later row may bring its own.
                free = free + 1 if free else max(int(next_mrn(connection)), self._first.highest + 1)
                patient = replace(patient, mrn=f"{free:06}")
            rows.append(
                stored.NewRow(number=verdict.number, patient=patient, keep_until=verdict.incoming.keep_until)
            )
        return rows


@dataclass(frozen=True, slots=True)
class FirstPass:
    """A file read once before anything is stored: its digest, how many rows it has, its highest record number."""

    digest: str
    rows: int
    highest: int


def first_pass(file: BinaryIO, columns: ImportMap) -> FirstPass:
    """Digest a file, and count its rows where `columns` has any."""
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    count = highest = 0
    if columns.targets:
        place = columns.targets.index(Target.MRN) if Target.MRN in columns.targets else -1
        with rows_of(file, columns) as rows:
            for _number, cells, _code in rows:
                count += 1
                if 0 <= place < len(cells):
                    highest = max(highest, mrn_number(unguarded(cells[place])) or 0)
    return FirstPass(digest.hexdigest(), count, highest)
