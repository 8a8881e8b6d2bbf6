"""The imports that were made, and undoing one as a whole."""

from __future__ import annotations

from ptnotes.db import imports as stored
from ptnotes.db.search import merge_index
from ptnotes.domain.audit import Subject, Verb
from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.importing import ImportRun, RunState, Undone
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import log
from ptnotes.services.import_run import Progress
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require

_TURN = 100
"""Patients taken away in one turn at writing."""
_MOST_NAMED = 100


def import_runs(clinic: OpenClinic) -> tuple[ImportRun, ...]:
    """The imports that were made, newest first (the latest 200). Raises `AccessError`."""
    _require(clinic)
    with clinic.store.read() as connection:
        return stored.runs(connection)


def undo_import(
    clinic: OpenClinic, run_id: int, *, progress: Progress = lambda _done, _total: None
) -> Undone:
    """Take away the patients that an import made, for whom nothing was done since.

    Whoever was changed, charted for, put on a day's list, reported on or the like is kept, and named. It is done in
    turns that a save hardly waits for; where it is cut off, the run says so, and undoing goes on when it is asked for
    again. `progress` is told patients done and in all. Raises `InputError` ("import.undone"), `NotFoundError`
    ("import.not_found"), `EnvironmentFault`, `AccessError`.
    """
    _require(clinic)
    with clinic.store.write() as connection:
        if stored.load_run(connection, run_id).state is RunState.UNDONE:
            raise InputError(Fault("import.undone", "import.run"))
        total = stored.removable_count(connection, run_id)
        stored.begin_undo(connection, run_id, clinic.person_id)
        log(clinic, connection, Verb.REMOVED, Subject.IMPORT, run_id, count=total)
        connection.commit()
    removed = after = 0
    while True:
        with clinic.store.write() as connection:
            # Looked at in the turn that takes them away: somebody may be charted for meanwhile.
            ids = stored.removable(connection, run_id, after_id=after, limit=_TURN)
            if not ids:
                break
            stored.remove_patients(connection, run_id, ids)
            connection.commit()
        after, removed = ids[-1], removed + len(ids)
        progress(removed, total)
    with clinic.store.write() as connection:
        merge_index(connection)
        stored.end_undo(connection, run_id, clinic.clock())
        left = stored.load_run(connection, run_id).left
        kept = stored.kept(connection, run_id, limit=_MOST_NAMED)
        connection.commit()
    return Undone(run_id=run_id, removed=removed, kept_count=left, kept=kept)


def _require(clinic: OpenClinic) -> None:
    require(clinic, Act.ADMINISTER)
    require(clinic, Act.EDIT_DEMOGRAPHICS)
