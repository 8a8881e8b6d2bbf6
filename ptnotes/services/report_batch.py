"""The progress reports that are due, made one after the other into a folder.

Each is made in a reading thread and kept by one short write, so that nobody who charts meanwhile waits for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

from ptnotes.db.due import OpenEpisode, open_episodes
from ptnotes.db.faults import faults_named
from ptnotes.db.overview import patients_by_id
from ptnotes.db.payers import rules_by_payer
from ptnotes.domain.due import Due, DueKind, due_list, pressing_first
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.patient import PatientRow
from ptnotes.domain.permissions import Act
from ptnotes.services.documents import MadeDocument, give_out
from ptnotes.services.export_file import private_file, put_in_place
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import require
from ptnotes.services.reporting import ReportChoices, prepare_report


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A progress report that is due for a patient. `since` is the last day of the report before it, if there is one."""

    patient: PatientRow
    episode_id: int
    due: Due
    since: date | None


def reports_due(clinic: OpenClinic) -> tuple[ReportDue, ...]:
    """Every progress report that is due or soon will be, the most pressing first. Raises `AccessError`."""
    require(clinic, Act.VIEW_NOTES)
    require(clinic, Act.WRITE_PROGRESS_REPORT)
    today = clinic.today()
    found: list[tuple[Due, OpenEpisode]] = []
    with clinic.store.read() as connection:
        by_payer = rules_by_payer(connection)
        for episode in open_episodes(connection, today, clinic.zone, with_evaluations=False):
            rules = by_payer.get(episode.payer_id, by_payer[None]).due
            dues = due_list(episode.facts, today, rules)
            found += [(one, episode) for one in dues if one.kind is DueKind.PROGRESS_REPORT]
        patients = patients_by_id(connection, {episode.patient_id for _, episode in found})
    found.sort(key=lambda pair: (pressing_first(pair[0]), pair[0].on or today, pair[1].id))
    return tuple(
        ReportDue(patients[episode.patient_id], episode.id, due, episode.facts.reported_to)
        for due, episode in found
    )


def prepare_due_report(clinic: OpenClinic, wanted: ReportDue) -> MadeDocument:
    """The report of the time since the one before it, with its drafted conclusion; what is due is asked in it.

    A draft says so in its file's name too. Raises what `prepare_report` raises.
    """
    made = prepare_report(clinic, wanted.episode_id, ReportChoices(since=wanted.since))
    if not made.draft:
        return made
    name = Path(made.file_name)
    return replace(made, file_name=f"{name.stem}-draft{name.suffix}")


def give_into(clinic: OpenClinic, made: MadeDocument, folder: Path) -> Path:
    """Save a document in `folder` under a name that nothing there has, keep it and write that down: all or nothing.

    Raises `AccessError`, and `EnvironmentFault`: "folder.missing", disk.*. Nothing is left in the folder then.
    """
    with faults_named(folder):
        if not folder.is_dir():
            raise EnvironmentFault("folder.missing", path=str(folder))
    for path in _free_paths(folder, made.file_name):
        try:
            _put(clinic, made, path)
        except EnvironmentFault as fault:
            if fault.code != "export.exists":
                raise
        else:
            return path
    raise AssertionError("names do not run out")


def _put(clinic: OpenClinic, made: MadeDocument, path: Path) -> None:
    with private_file(path) as (file, part):
        # The disk is waited for here, and not while the clinic's file is held.
        file.write(made.pdf)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        place = partial(put_in_place, part, path, replace=False)
        give_out(clinic, made, place, take_back=path.unlink)


def _free_paths(folder: Path, file_name: str) -> Iterator[Path]:
    """Names that were free a moment ago: two record numbers may differ in signs that no file's name can have."""
    name = Path(file_name)
    for number in count(1):
        path = folder / (file_name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        if not os.path.lexists(path):
            yield path
