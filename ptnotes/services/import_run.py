"""An import under way: what becomes of each row, and storing it in turns that a save hardly waits for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import BinaryIO

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
    RowKind,
    Target,
    reason_words,
)
from ptnotes.domain.same_person import Known
from ptnotes.exchange.csv_text import unguarded
from ptnotes.exchange.file_in import Rows, rows_of
from ptnotes.exchange.map_text import map_text
from ptnotes.exchange.refused_out import RefusedRows
from ptnotes.exchange.row_in import Incoming, RowReader
from ptnotes.services.audit import log
from ptnotes.services.opening import OpenClinic

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
LOOK_EVERY = 500
"""Rows after which somebody is told how far it is, and asked whether to go on."""
_GATHERED = 2_500
"""Rows that are read before they are stored."""
_AT_ONCE = 250
"""Rows after which a turn at writing ends where somebody waits: a save in the window waits for these at most."""
_TURN_S = 0.15
"""How long a turn lasts at most: who waits in another program is not seen from here."""


def reasons_of(because: Because | None, faults: Sequence[Fault]) -> tuple[str, ...]:
    """Why a row is left out or refused, in sentences."""
    if because is not None:
        return (BECAUSE_WORDS[because],)
    return tuple(dict.fromkeys(map(reason_words, faults)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row: who it says, or why it is refused; who it may be, and why."""

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
    """Says of each row what becomes of it, by the clinic's patients and the rows before."""

    def __init__(self, clinic: OpenClinic, columns: ImportMap, add: frozenset[int] = frozenset()) -> None:
        self._reader = RowReader(columns, clinic.today(), clinic.clock())
        self._add = add
        self.known = Known(has_uuids=Target.UUID in columns.targets)
        self.last_id = 0
        with clinic.store.read() as connection:
            for row in stored.everybody(connection):
                self.known.add_patient(self.known.keys(row), row.id)
                self.last_id = row.id

    def verdicts(self, rows: Rows) -> Iterator[Verdict]:
        """What becomes of each row, in their order."""
        for number, cells, code in rows:
            if code:
                yield Verdict(number, cells, RowKind.REFUSED, faults=(rows.fault(code),))
                continue
            try:
                incoming = self._reader.read(cells)
            except InputError as error:
                yield Verdict(number, cells, RowKind.REFUSED, faults=error.faults)
                continue
            yield self._judged(number, cells, incoming)

    def _judged(self, number: int, cells: list[str], incoming: Incoming) -> Verdict:
        keys = self.known.keys(incoming.patient)
        found = self.known.match(keys)
        if found is not None:
            verdict = Verdict(number, cells, RowKind.DUPLICATE, incoming, because=found[0], other=found[1])
            if number not in self._add or not verdict.can_be_added:
                return verdict
            if found[0] is Because.SAME_NUMBER:
                # The number is somebody else's; the next free one is given.
                incoming = replace(incoming, patient=replace(incoming.patient, mrn=""))
                keys = self.known.keys(incoming.patient)
        self.known.add_row(keys, number)
        return Verdict(number, cells, RowKind.MADE, incoming)


class Run:
    """An import under way: begun in the store and the audit, carried out in short turns at writing."""

    def __init__(
        self, clinic: OpenClinic, columns: ImportMap, first: FirstPass, back: RefusedRows | None
    ) -> None:
        self._clinic, self._columns, self._first, self._back = clinic, columns, first, back
        self._is_undone = False
        self.made = self.left_out = self.refused = 0
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

    def carry_out(self, rows: Rows, add: frozenset[int], progress: Progress, stop: Stop) -> bool:
        """Store what the rows make. Gives whether it was stopped before the end."""
        judge = Judge(self._clinic, self._columns, add)
        waiting: list[Verdict] = []
        was_stopped = False
        for count, verdict in enumerate(judge.verdicts(rows)):
            if verdict.kind is RowKind.MADE:
                waiting.append(verdict)
            else:
                self._give_back(verdict)
            if len(waiting) == _GATHERED:
                self._store(judge, waiting)
                waiting = []
            if count % LOOK_EVERY == 0:
                progress(count, self._first.rows)
                was_stopped = stop() or self._clinic.ending.is_set()
            if was_stopped or self._is_undone:
                break
        if not was_stopped:
            self._store(judge, waiting)
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
        if self._back is not None:
            self._back.write(verdict.cells, verdict.reasons)

    def _store(self, judge: Judge, waiting: list[Verdict]) -> None:
        """Store rows, in as many turns at writing as it takes."""
        while waiting and not self._is_undone:
            waiting = self._one_turn(judge, waiting)

    def _one_turn(self, judge: Judge, waiting: list[Verdict]) -> list[Verdict]:
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
                if store.is_wanted or perf_counter() - begun > _TURN_S:
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
            replace(verdict, kind=RowKind.DUPLICATE, because=Because.SAME_NUMBER)
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
                left.append(replace(verdict, kind=RowKind.DUPLICATE, because=found[0], other=found[1]))
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
