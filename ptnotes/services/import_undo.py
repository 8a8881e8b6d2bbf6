"""The imports that were made, and undoing one as a whole."""

from __future__ import annotations

from time import perf_counter

from ptnotes.db import imports as stored
from ptnotes.db.search import merge_index
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import ImportRun, RunState, Undone
from ptnotes.services.audit import log
from ptnotes.services.import_source import Progress, Stop, require_import
from ptnotes.services.opening import OpenClinic

_AT_ONCE = 250
"""Patients after which a turn at writing ends where somebody waits."""
_TURN_S = 0.3
"""How long a turn lasts at most. Each writes most pages of the indexes anew, however few it takes away."""
_MOST_NAMED = 100


def import_runs(clinic: OpenClinic) -> tuple[ImportRun, ...]:
    """The imports that were made, newest first (the latest 200). Raises `AccessError`."""
    require_import(clinic)
    with clinic.store.read() as connection:
        return stored.runs(connection)


def undo_import(
    clinic: OpenClinic,
    run_id: int,
    *,
    progress: Progress = lambda _done, _total: None,
    stop: Stop = lambda: False,
) -> Undone:
    """Take away the patients that an import made, for whom nothing was done since.

    Whoever was changed, charted for, put on a day's list, reported on or the like is kept, and named. It is done in
    turns that a save hardly waits for. Where it is stopped or cut off, the run says so, and undoing goes on when it is
    asked for again. `progress` is told patients done and in all. Raises `InputError` ("import.undone"),
    `NotFoundError` ("import.not_found"), `EnvironmentFault`, `AccessError`.
    """
    require_import(clinic)
    with clinic.store.write() as connection:
        if stored.load_run(connection, run_id).state is RunState.UNDONE:
            raise InputError(Fault("import.undone", "import.run"))
        total = stored.removable_count(connection, run_id)
        stored.begin_undo(connection, run_id, clinic.person_id)
        log(clinic, connection, Verb.REMOVED, Subject.IMPORT, run_id, count=total)
        connection.commit()
    removed = after = 0
    was_stopped = is_done = False
    while not (is_done or was_stopped):
        progress(removed, total)
        was_stopped = stop() or clinic.ending.is_set()
        if not was_stopped:
            count, after, is_done = _one_turn(clinic, run_id, after)
            removed += count
    progress(removed, total)
    with clinic.store.write() as connection:
        merge_index(connection)
        if not was_stopped:
            stored.end_undo(connection, run_id, clinic.clock())
        left = stored.load_run(connection, run_id).left
        kept = () if was_stopped else stored.kept(connection, run_id, limit=_MOST_NAMED)
        connection.commit()
    if was_stopped:
        return Undone(run_id=run_id, removed=removed, kept_count=0, was_stopped=True, left=left)
    return Undone(run_id=run_id, removed=removed, kept_count=left, left=left, kept=kept)


def _one_turn(clinic: OpenClinic, run_id: int, after: int) -> tuple[int, int, bool]:
    """Take patients away in one transaction, that ends as soon as somebody else wants to write.

    Gives how many, the last row that was looked at, and whether it was the last of all.
    """
    store = clinic.store
    count = 0
    with store.write() as connection:
        begun = perf_counter()
        with stored.removing(connection) as remove:
            while True:
                # Looked at in the turn that takes them away: somebody may be charted for meanwhile.
                some = stored.removable(connection, run_id, after_row=after, limit=_AT_ONCE)
                if some:
                    remove(run_id, some)
                    after = some[-1][0]
                    count += len(some)
                is_done = len(some) < _AT_ONCE
                if is_done or store.is_wanted or perf_counter() - begun > _TURN_S:
                    break
        connection.commit()
    return count, after, is_done
