"""Making a document of one patient as PDF."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes.cli.shared import add_passphrase, add_user, one_patient, opened_with, say
from ptnotes.domain.errors import AmbiguousError, EnvironmentFault, NotFoundError, PtNotesError
from ptnotes.domain.people import Paper

if TYPE_CHECKING:
    from datetime import date

    from ptnotes.domain.episode import EpisodeOfCare
    from ptnotes.domain.treatment import SessionRow
    from ptnotes.services.documents import MadeDocument
    from ptnotes.services.opening import OpenClinic

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Make = Callable[[OpenClinic, int, argparse.Namespace], MadeDocument]

# Each command imports what it needs and no more: `--version` and the unlock screen must not wait for the store.
# ruff: noqa: PLC0415

_SIGNED_ONLY = "The document is signed and kept, and was not saved. In the window it stands under Given out."


def add_report(commands: Commands) -> None:
    """Add the commands `report progress`, `report evaluation`, `report session` and `report discharge`."""
    report = commands.add_parser("report", help="make a document", allow_abbrev=False)
    kinds = report.add_subparsers(dest="report", metavar="KIND", required=True)

    def kind(name: str, words: str, make: Make) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = kinds.add_parser(name, help=f"{words}, as PDF", allow_abbrev=False)
        parser.add_argument(
            "--patient", required=True, metavar="MRN", help="record number, or words that find one patient"
        )
        parser.add_argument(
            "--episode",
            type=_episode,
            default="latest",
            metavar="N|latest",
            help="the patient's Nth episode (latest)",
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="where to write it")
        parser.add_argument(
            "--paper",
            type=Paper,
            choices=tuple(Paper),
            metavar="letter|a4",
            help="size of its pages (the clinic's)",
        )
        parser.set_defaults(run=_report, make=make, sign=False)
        add_passphrase(parser)
        add_user(parser)
        return parser

    progress = kind("progress", "a progress report for the physician", _progress)
    progress.add_argument("--as-of", type=_date, metavar="DATE", help="the last day covered (today)")
    evaluation = kind("evaluation", "an evaluation with its plan of care", _evaluation)
    evaluation.add_argument(
        "--session",
        type=_visit,
        metavar="DATE[#n]",
        help="which evaluation or re-evaluation (the first evaluation)",
    )
    session = kind("session", "the note of one visit", _session)
    session.add_argument(
        "--session",
        type=_visit,
        metavar="DATE[#n]",
        help="the nth visit of that day (the latest visit attended)",
    )
    discharge = kind("discharge", "a discharge summary", _discharge)
    for parser in (progress, evaluation, discharge):
        parser.add_argument(
            "--sign",
            action="store_true",
            help="sign it electronically as whoever opens the file; a draft is refused",
        )


def _report(arguments: argparse.Namespace) -> int:
    from ptnotes.services.documents import save_out
    from ptnotes.services.episodes import episodes_of

    # Said before the passphrase is asked for; every other fault of the target is told when it is written.
    if not arguments.out.absolute().parent.is_dir():
        raise EnvironmentFault("folder.missing", path=str(arguments.out))
    clinic, passphrase = opened_with(arguments)
    with closing(clinic):
        patient = one_patient(clinic, arguments.patient)
        if patient.id is None:
            raise ValueError("a stored patient has an id")
        episode = _one_episode(episodes_of(clinic, patient.id), arguments.episode)
        if episode.id is None:
            raise ValueError("a stored episode has an id")
        made: MadeDocument = arguments.make(clinic, episode.id, arguments)
        if arguments.sign:
            from ptnotes.services.document_signing import sign_document

            made = sign_document(clinic, made, passphrase)
        target = arguments.out.absolute()
        try:
            save_out(clinic, made, made.pdf, target)
        except PtNotesError:
            if made.signed is not None:
                say(_SIGNED_ONLY)
            raise
    for words in made.draft:
        say(f"Draft: {words}")
    for lack in made.lacks:
        say(f"Lacks: {lack.text}")
    return 0


def _progress(clinic: OpenClinic, episode_id: int, arguments: argparse.Namespace) -> MadeDocument:
    from ptnotes.services.document_facts import document_facts
    from ptnotes.services.reporting import ReportChoices, prepare_report

    # It begins where the window's does.
    since = document_facts(clinic, episode_id).reported_to(arguments.as_of)
    choices = ReportChoices(as_of=arguments.as_of, since=since, paper=arguments.paper)
    return prepare_report(clinic, episode_id, choices)


def _evaluation(clinic: OpenClinic, episode_id: int, arguments: argparse.Namespace) -> MadeDocument:
    from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation

    session_id = _one_visit(clinic, episode_id, *arguments.session) if arguments.session else None
    return prepare_evaluation(
        clinic, episode_id, EvaluationChoices(session_id=session_id, paper=arguments.paper)
    )


def _session(clinic: OpenClinic, episode_id: int, arguments: argparse.Namespace) -> MadeDocument:
    from ptnotes.services.session_note import prepare_session_note

    if arguments.session:
        session_id = _one_visit(clinic, episode_id, *arguments.session)
    else:
        session_id = _latest_visit(clinic, episode_id)
    return prepare_session_note(clinic, session_id, arguments.paper)


def _discharge(clinic: OpenClinic, episode_id: int, arguments: argparse.Namespace) -> MadeDocument:
    from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary

    return prepare_discharge_summary(clinic, episode_id, DischargeChoices(paper=arguments.paper))


def _episode(text: str) -> int | str:
    if text == "latest":
        return text
    return _number(text, "neither a number from 1 nor latest")


def _number(text: str, otherwise: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is {otherwise}")
    return int(text[:9])


def _date(text: str) -> date:
    from datetime import date

    from ptnotes.domain.dates import read_any_dates

    meant = read_any_dates(text, date.today())  # noqa: DTZ011 - only tells which century a short year is of
    if len(meant) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not one date; write it as 2026-03-31")
    return meant[0]


def _visit(text: str) -> tuple[date, int | None]:
    day, mark, place = text.partition("#")
    return _date(day), _number(place, "no number from 1") if mark else None


def _one_episode(episodes: Sequence[EpisodeOfCare], which: int | str) -> EpisodeOfCare:
    """The patient's Nth episode by start date, or the latest."""
    if not episodes:
        raise NotFoundError("episode.none")
    in_order = sorted(episodes, key=lambda episode: (episode.start, episode.id or 0))
    if isinstance(which, str):
        return in_order[-1]
    if which > len(in_order):
        raise NotFoundError("episode.not_found")
    return in_order[which - 1]


def _one_visit(clinic: OpenClinic, episode_id: int, day: date, place: int | None) -> int:
    """The visit of that day, its `place`th where there are several, in the order in which they were charted."""
    found = [row for row in _visits(clinic, episode_id) if row.service_date == day]
    if not found or (place is not None and place > len(found)):
        raise NotFoundError("visit.none_on", day=day.isoformat())
    if place is None and len(found) > 1:
        choices = tuple(
            f"{day.isoformat()}#{number}  {row.kind.value.replace('_', '-')}, {_state(row)}"
            for number, row in enumerate(found, start=1)
        )
        raise AmbiguousError("visit.several_on", choices, day=day.isoformat())
    return found[(place or 1) - 1].id


def _state(row: SessionRow) -> str:
    return "void" if row.state.value == "voided" else row.status.value


def _latest_visit(clinic: OpenClinic, episode_id: int) -> int:
    from ptnotes.domain.treatment import NoteState, VisitStatus

    attended = [
        row
        for row in _visits(clinic, episode_id)
        if row.status is VisitStatus.ATTENDED and row.state is not NoteState.VOIDED
    ]
    if not attended:
        raise NotFoundError("visit.none")
    return attended[-1].id


def _visits(clinic: OpenClinic, episode_id: int) -> list[SessionRow]:
    """The episode's visits without those still planned, by their days; those of one day as they were charted."""
    from ptnotes.domain.treatment import VisitStatus
    from ptnotes.services.visits import sessions_of

    rows = sessions_of(clinic, episode_id)
    shown = (row for row in rows if row.status is not VisitStatus.SCHEDULED)
    return sorted(shown, key=lambda row: (row.service_date, row.id))
