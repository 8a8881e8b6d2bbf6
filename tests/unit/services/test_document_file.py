"""What a document is saved as: untouched, under a password, or with the data that it was made from inside."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError
from ptnotes.services.document_facts import document_facts
from ptnotes.services.document_file import document_file
from ptnotes.services.documents import document_again, documents_of, give_out
from ptnotes.services.episodes import open_episode
from ptnotes.services.history import history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.session_note import prepare_session_note
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, draft
from tests.unit.exchange.test_fhir import require_resolved, resources

PASSWORD = "seven copper lanterns"
Case = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    for day in (16, 18, 20):
        draft(clinic, episode, date(2026, 2, day))
    yield clinic, episode
    clinic.close()


def test_nothing_is_added_unless_it_is_asked_for(case: Case) -> None:
    clinic, episode = case
    made = prepare_report(clinic, episode.id or 0, ReportChoices())
    file = document_file(clinic, made)
    assert (file.made, file.content) == (made, made.pdf)


def test_a_password_opens_the_file_and_what_is_kept_needs_none(case: Case) -> None:
    clinic, episode = case
    made = prepare_report(clinic, episode.id or 0, ReportChoices())
    file = document_file(clinic, made, password=PASSWORD)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(file.content))
    with pikepdf.open(BytesIO(file.content), password=PASSWORD) as opened:
        assert opened.encryption.R == 6
    written: list[bytes] = []
    kept = give_out(clinic, file.made, lambda: written.append(file.content))
    assert document_again(clinic, kept).pdf == made.pdf
    assert written == [file.content]
    (row, *_) = history_of(clinic, episode.patient_id)
    assert row.what == "saved a document as a file: progress report, draft, with a password"


@pytest.mark.parametrize("weak", ["", "short", "moreau1979", "12 March 1979", "03/12/1979"])
def test_a_password_that_protects_nothing_is_refused(case: Case, weak: str) -> None:
    clinic, episode = case
    made = prepare_report(clinic, episode.id or 0, ReportChoices())
    with pytest.raises(InputError) as refused:
        document_file(clinic, made, password=weak)
    assert [fault.code for fault in refused.value.faults] == ["report.password_weak"]


def test_the_data_inside_are_those_that_the_document_was_made_from_and_no_more(case: Case) -> None:
    clinic, episode = case
    other = EpisodeOfCare(patient_id=episode.patient_id, title="Of another time", start=date(2026, 1, 5))
    open_episode(clinic, other)
    visits = document_facts(clinic, episode.id or 0).visits
    made = prepare_session_note(clinic, visits[1].id)
    file = document_file(clinic, made, with_fhir=True)
    assert file.content == file.made.pdf != made.pdf
    with pikepdf.open(BytesIO(file.content)) as opened:
        (name,) = opened.attachments
        bundle = json.loads(opened.attachments[name].get_file().read_bytes())
    require_resolved(bundle)
    assert len(resources(bundle, "EpisodeOfCare")) == 1
    (encounter,) = resources(bundle, "Encounter")
    assert encounter["period"]["start"].startswith("2026-02-18")
    assert resources(bundle, "AuditEvent") == []
    again = document_file(clinic, made, with_fhir=True)
    assert again.content == file.content
    give_out(clinic, file.made, list)
    (kept,) = documents_of(clinic, episode.patient_id)
    assert document_again(clinic, kept.id).pdf == file.content


def test_data_and_a_password_go_together(case: Case) -> None:
    clinic, episode = case
    made = prepare_report(clinic, episode.id or 0, ReportChoices())
    file = document_file(clinic, made, password=PASSPHRASE, with_fhir=True)
    assert file.made.extras == ("with FHIR data", "with a password")
    with pikepdf.open(BytesIO(file.content), password=PASSPHRASE) as opened:
        (name,) = opened.attachments
        bundle = json.loads(opened.attachments[name].get_file().read_bytes())
    assert len(resources(bundle, "Encounter")) == 3
