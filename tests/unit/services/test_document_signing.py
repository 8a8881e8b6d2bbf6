"""A document says that it is signed only where the signature is kept with it, and it is signed as it was seen."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, text

from ptnotes.db import documents as stored
from ptnotes.db import export
from ptnotes.domain.audit import Disclosure, Verb
from ptnotes.domain.canonical import canonical_bytes, canonical_hash
from ptnotes.domain.conclusion import Conclusion
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare
from ptnotes.domain.errors import EnvironmentFault, InputError, PtNotesError
from ptnotes.domain.letters import LetterChoices
from ptnotes.domain.people import Permission, Role
from ptnotes.domain.signature import DocumentProblem, Wrong, document_statement
from ptnotes.domain.treatment import VisitKind
from ptnotes.services import signing
from ptnotes.services.discharge_summary import DischargeChoices, prepare_discharge_summary
from ptnotes.services.document_file import document_file
from ptnotes.services.document_signing import sign_document, why_not_signed
from ptnotes.services.documents import (
    MadeDocument,
    document_again,
    documents_of,
    give_out,
    log_sent,
    save_out,
)
from ptnotes.services.episodes import discharge_episode
from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation
from ptnotes.services.face_sheet import prepare_face_sheet
from ptnotes.services.history import history_of, verify_audit
from ptnotes.services.letters import prepare_letter
from ptnotes.services.opening import OpenClinic
from ptnotes.services.patients import add_patient
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.services.verification import verify_documents, verify_notes
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import PASSPHRASE, PATIENT
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import (
    OTHER,
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
    whole,
)
from tests.unit.services.test_verification import attack

Case = tuple[OpenClinic, EpisodeOfCare]
SIGNED = "Signed electronically by J. Rivera, PT, DPT"


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    """A clinic with one patient, whose one note is signed."""
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with passphrases_remembered():
        note = draft(clinic, episode)
        signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
        yield clinic, episode
    clinic.close()


def report(case: Case, choices: ReportChoices | None = None) -> MadeDocument:
    clinic, episode = case
    return prepare_report(clinic, episode.id or 0, choices or ReportChoices())


def words(made: MadeDocument) -> str:
    return flat(" ".join(pages(made.pdf)))


def code_of(clinic: OpenClinic, made: MadeDocument, passphrase: str = PASSPHRASE) -> str:
    """Why it is refused; nothing may be kept then."""
    before = documents_of(clinic, made.patient_id)
    with pytest.raises(PtNotesError) as caught:
        sign_document(clinic, made, passphrase)
    assert documents_of(clinic, made.patient_id) == before
    return caught.value.code


def test_where_a_line_for_a_pen_stood_a_signed_document_says_who_signed_and_when(case: Case) -> None:
    clinic, episode = case
    made = report(case)
    assert "written 2 Mar 2026 09:00" in words(made)
    assert SIGNED not in words(made)
    signed = sign_document(clinic, made, PASSPHRASE)
    assert f"{SIGNED} 2 Mar 2026 09:00 EST (UTC-05:00) · Licence PT-00000" in words(signed)
    assert "written 2 Mar" not in words(signed)
    (kept,) = documents_of(clinic, episode.patient_id)
    assert kept.sha256 == sha256(signed.pdf).digest()
    assert kept.signed == signed.signed
    assert kept.signed is not None
    assert (kept.signed.person, kept.signed.at) == ("J. Rivera, PT, DPT", clinic.clock())
    # It is kept, and nobody has it yet.
    assert (kept.has_left, kept.is_draft) == (False, False)


def test_what_was_signed_and_never_left_cannot_be_logged_as_sent(case: Case) -> None:
    clinic, episode = case
    signed = sign_document(clinic, report(case), PASSPHRASE)
    (kept,) = documents_of(clinic, episode.patient_id)
    sent = Disclosure(
        patient_id=episode.patient_id, what="", to_whom="Dr. P. Anand", how="Fax", purpose="Treatment"
    )
    with pytest.raises(InputError, match=r"document\.not_left"):
        log_sent(clinic, kept.id, sent)
    give_out(clinic, signed, list)
    assert log_sent(clinic, kept.id, sent).document_id == kept.id
    assert [one.sent for one in documents_of(clinic, episode.patient_id)] == [1]


def test_the_rest_of_a_signed_document_is_what_was_seen(case: Case) -> None:
    clinic, _episode = case
    made = report(case, ReportChoices(conclusion=Conclusion(headline="Bends further.", detail="By 10°.")))
    before, after = words(made), words(sign_document(clinic, made, PASSPHRASE))
    line = "J. Rivera, PT, DPT Date Licence PT-00000 · written 2 Mar 2026 09:00"
    sign = f"{SIGNED} 2 Mar 2026 09:00 EST (UTC-05:00) · Licence PT-00000"
    assert line in before
    assert before.replace(line, sign) == after


def test_anybody_with_the_public_key_can_check_the_signature_by_the_bytes_alone(case: Case) -> None:
    clinic, _episode = case
    signed = sign_document(clinic, report(case), PASSPHRASE)
    with clinic.store.read() as connection:
        row = connection.execute(text("SELECT * FROM document_signature")).one()
        key = connection.execute(text("SELECT signing_public_key FROM person")).scalar_one()
        patient = connection.execute(text("SELECT uuid FROM patient")).scalar_one()
        person = connection.execute(text("SELECT uuid FROM person")).scalar_one()
    statement = {
        "at": "2026-03-02T14:00:00.000000Z",
        "canonical_version": 1,
        "kind": "progress_report",
        "patient": patient,
        "person": person,
        "sha256": sha256(signed.pdf).hexdigest(),
        "what": "document",
        "zone": "America/New_York",
    }
    content = json.dumps(statement, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(key).verify(row.signature, content)
    assert row.content_hash == sha256(content).digest()


def test_the_signature_leaves_with_the_records_of_the_clinic(case: Case) -> None:
    clinic, episode = case
    sign_document(clinic, report(case), PASSPHRASE)
    (kept,) = documents_of(clinic, episode.patient_id)
    with clinic.store.read() as connection:
        names = [column.name for column in export.files()["document_signatures"]]
        (row,) = (
            dict(zip(names, one, strict=True)) for one in export.rows_of(connection, "document_signatures")
        )
        signature = connection.execute(text("SELECT signature FROM document_signature")).scalar_one()
    assert (row["document"], row["person"], row["zone"]) == (
        kept.uuid,
        clinic.person.uuid,
        "America/New_York",
    )
    assert (row["at"], row["signature"]) == (clinic.clock(), signature)


def test_signed_and_then_saved_and_printed_it_is_one_document_and_the_same_bytes(
    case: Case, tmp_path: Path
) -> None:
    clinic, episode = case
    signed = sign_document(clinic, report(case), PASSPHRASE)
    path = tmp_path / "report.pdf"
    saved = save_out(clinic, signed, signed.pdf, path)
    assert path.read_bytes() == signed.pdf
    assert give_out(clinic, signed, list, Verb.PRINTED) == saved
    (kept,) = documents_of(clinic, episode.patient_id)
    assert (kept.id, kept.has_left) == (saved, True)
    assert [row.what for row in history_of(clinic, episode.patient_id)][:3] == [
        "printed a document: progress report",
        "saved a document as a file: progress report",
        "signed a document: progress report",
    ]
    again = document_again(clinic, saved)
    assert (again.pdf, again.signed) == (signed.pdf, kept.signed)
    checked = verify_audit(clinic)
    # With the key at hand the audit was signed, as with a note: that, saving and printing came after it.
    assert (checked.problems, checked.count - checked.signed_up_to) == ((), 3)


def test_a_discharge_summary_a_letter_and_an_evaluation_are_signed_too(case: Case) -> None:
    clinic, episode = case
    note = save_draft(clinic, whole(start_session(clinic, episode.id or 0, kind=VisitKind.EVALUATION)))
    signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    letter = LetterChoices(to="Dr. P. Anand", subject="Made up", text="Tried in a test.")
    made = [
        prepare_evaluation(clinic, episode.id or 0, EvaluationChoices()),
        prepare_letter(clinic, episode.id or 0, letter),
    ]
    discharge_episode(clinic, episode.id or 0, clinic.today(), DischargeReason.GOALS_MET)
    made.append(prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices()))
    for one in made:
        assert SIGNED not in words(one)
        assert SIGNED in words(sign_document(clinic, one, PASSPHRASE))
    assert verify_documents(clinic).signed == 3


def test_a_wrong_passphrase_signs_nothing(case: Case) -> None:
    clinic, episode = case
    assert code_of(clinic, report(case), "not the passphrase") == "sign.denied"
    assert all("document" not in row.what for row in history_of(clinic, episode.patient_id))


def test_a_draft_is_never_signed(case: Case) -> None:
    clinic, episode = case
    note = draft(clinic, episode)
    assert code_of(clinic, report(case)) == "document.sign_draft"
    # An open episode makes the summary a draft, a blank the letter.
    signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert code_of(clinic, prepare_discharge_summary(clinic, episode.id or 0, DischargeChoices())) == (
        "document.sign_draft"
    )
    blank = LetterChoices(to="", subject="", text="Dear ‹name›")
    assert code_of(clinic, prepare_letter(clinic, episode.id or 0, blank)) == "document.sign_draft"


def test_what_became_a_draft_or_another_document_since_it_was_seen_is_not_signed(case: Case) -> None:
    clinic, episode = case
    made = report(case)
    note = draft(clinic, episode)
    assert code_of(clinic, made) == "document.stale"
    signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert code_of(clinic, made) == "document.stale"
    made = report(case)
    for session_id, _revision in made.sessions:
        signing.void_note(clinic, session_id, "Charted twice.", PASSPHRASE)
        assert code_of(clinic, made) == "document.stale"


def test_what_the_audit_tells_meanwhile_and_the_time_it_takes_are_no_change(
    case: Case, clock: FixedClock
) -> None:
    clinic, episode = case
    made = report(case)
    give_out(clinic, prepare_face_sheet(clinic, episode.patient_id), list)
    clock.advance(minutes=7)
    signed = sign_document(clinic, made, PASSPHRASE)
    assert f"{SIGNED} 2 Mar 2026 09:07 EST" in words(signed)


def test_who_may_not_sign_alone_or_did_not_write_it_signs_no_document(case: Case) -> None:
    clinic, episode = case
    made = report(case)
    assistant = replace(clinic, person=replace(clinic.person, role=Role.ASSISTANT, granted=frozenset()))
    assert code_of(assistant, made) == "access.not_allowed"
    desk = replace(
        clinic, person=replace(clinic.person, role=Role.ADMINISTRATOR, granted=frozenset(Permission))
    )
    assert code_of(desk, made) == "access.not_allowed"
    colleague = as_somebody(clinic, OTHER)
    assert code_of(colleague, made, OTHER_PASSPHRASE) == "document.sign_author"
    student = as_somebody(clinic, STUDENT)
    note = save_draft(student, whole(start_session(student, episode.id or 0, kind=VisitKind.EVALUATION)))
    signing.sign_note(student, note.id or 0, note.revision, OTHER_PASSPHRASE)
    signing.co_sign_note(clinic, note.id or 0, PASSPHRASE)
    evaluated = prepare_evaluation(student, episode.id or 0, EvaluationChoices())
    assert code_of(student, evaluated, OTHER_PASSPHRASE) == "document.sign_alone"
    # Whoever answers for the student's evaluation signs it.
    assert SIGNED in words(sign_document(clinic, evaluated, PASSPHRASE))


def test_whoever_may_not_evaluate_any_more_does_not_sign_the_evaluation_that_they_once_charted(
    case: Case,
) -> None:
    clinic, episode = case
    note = save_draft(clinic, whole(start_session(clinic, episode.id or 0, kind=VisitKind.EVALUATION)))
    signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assistant = replace(clinic, person=replace(clinic.person, role=Role.ASSISTANT, granted=frozenset()))
    made = prepare_evaluation(assistant, episode.id or 0, EvaluationChoices())
    assert made.signable is not None
    assert made.signable.data.author.uuid == assistant.person.uuid
    assert code_of(assistant, made) == "access.not_allowed"


def test_a_signed_document_and_one_that_was_given_out_unsigned_stay_as_they_are(case: Case) -> None:
    clinic, episode = case
    made = report(case)
    signed = sign_document(clinic, made, PASSPHRASE)
    assert code_of(clinic, signed) == "document.signed"
    # Signed again within a minute it is byte for byte the same: the signature that is there stands.
    assert code_of(clinic, made) == "document.signed"
    given = give_out(clinic, made, list)
    assert code_of(clinic, document_again(clinic, given)) == "document.sign_kept"
    assert code_of(clinic, prepare_face_sheet(clinic, episode.patient_id)) == "document.sign_none"
    assert why_not_signed(clinic, made) is None


@pytest.mark.parametrize("fails", ["add_signature", "commit"])
def test_it_is_kept_and_signed_or_neither(case: Case, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    clinic, episode = case
    made = report(case)
    events = len(history_of(clinic, episode.patient_id))

    def has_no_room(*_arguments: object) -> None:
        raise EnvironmentFault("disk.full")

    with monkeypatch.context() as patched:
        patched.setattr(Connection if fails == "commit" else stored, fails, has_no_room)
        assert code_of(clinic, made) == "disk.full"
    assert len(history_of(clinic, episode.patient_id)) == events
    assert verify_documents(clinic).documents == 0
    sign_document(clinic, made, PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM document_signature",
        "UPDATE document_signature SET zone = 'UTC'",
        "UPDATE document_signature SET signature = zeroblob(64)",
    ],
)
def test_what_says_that_it_is_signed_does_not_leave_without_a_signature_that_holds(
    case: Case, tmp_path: Path, change: str
) -> None:
    clinic, _episode = case
    signed = sign_document(clinic, report(case), PASSPHRASE)
    attack(clinic, change)
    path = tmp_path / "report.pdf"
    with pytest.raises(EnvironmentFault, match=r"document\.signature"):
        save_out(clinic, signed, signed.pdf, path)
    assert not path.exists()


def test_the_data_inside_is_signed_with_the_document_and_not_put_in_afterwards(case: Case) -> None:
    clinic, episode = case
    made = report(case)
    signed = sign_document(clinic, made, PASSPHRASE, with_fhir=True)
    with pikepdf.open(BytesIO(signed.pdf)) as pdf:
        assert list(pdf.attachments) == ["record-fhir-r4.json"]
    (kept,) = documents_of(clinic, episode.patient_id)
    assert kept.sha256 == sha256(signed.pdf).digest()
    assert verify_documents(clinic).problems == ()
    with pytest.raises(PtNotesError, match=r"document\.signed"):
        document_file(clinic, signed, with_fhir=True)
    # A password is of the file that goes out; what is kept is what was signed.
    file = document_file(clinic, signed, password="a made-up heron")
    assert file.content != file.made.pdf == signed.pdf
    assert give_out(clinic, file.made, list) == kept.id


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("UPDATE document SET content = x'00'", Wrong.CHANGED),
        ("UPDATE document SET content = :other, sha256 = :digest", Wrong.CHANGED),
        ("UPDATE document SET kind = 'letter'", Wrong.CHANGED),
        ("UPDATE document SET holds_drafts = 1", Wrong.STATE),
        ("UPDATE document_signature SET at = '2026-03-01T14:00:00.000000Z'", Wrong.CHANGED),
        ("UPDATE document_signature SET zone = 'UTC'", Wrong.CHANGED),
        ("UPDATE document_signature SET person_id = 2", Wrong.CHANGED),
        ("UPDATE document_signature SET signature = zeroblob(64)", Wrong.SIGNATURE),
        ("UPDATE patient SET uuid = 'other'", Wrong.CHANGED),
        ("DELETE FROM document_signature", Wrong.MISSING),
    ],
)
def test_a_change_behind_the_programs_back_is_found(case: Case, change: str, wrong: Wrong) -> None:
    clinic, episode = case
    as_somebody(clinic, OTHER)
    sign_document(clinic, report(case), PASSPHRASE)
    (kept,) = documents_of(clinic, episode.patient_id)
    held = verify_documents(clinic)
    assert held == verify_documents(clinic, episode.patient_id)
    assert (held.documents, held.signed, held.problems) == (1, 1, ())
    other = b"%PDF-other"
    parameters = {"other": other, "digest": sha256(other).digest()} if ":other" in change else {}
    attack(clinic, change, **parameters)
    assert verify_documents(clinic).problems == (DocumentProblem(kept.id, wrong),)
    with pytest.raises(EnvironmentFault, match=r"document\.(changed|signature)"):
        document_again(clinic, kept.id)


def test_a_signed_document_that_was_taken_out_whole_is_missing(case: Case) -> None:
    clinic, _episode = case
    sign_document(clinic, report(case), PASSPHRASE)
    attack(
        clinic,
        "DELETE FROM document_signature",
        "DELETE FROM document_session",
        "DELETE FROM document",
    )
    assert verify_documents(clinic).problems == (DocumentProblem(1, Wrong.MISSING),)


def test_bytes_of_an_unsigned_document_are_looked_at_too(case: Case) -> None:
    clinic, episode = case
    given = give_out(clinic, prepare_face_sheet(clinic, episode.patient_id), list)
    assert verify_documents(clinic).documents == 1
    attack(clinic, "UPDATE document SET content = x'00'")
    assert verify_documents(clinic).problems == (DocumentProblem(given, Wrong.CHANGED),)
    assert verify_notes(clinic).problems == ()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        (["UPDATE document SET content = :other, sha256 = :digest"], Wrong.CHANGED),
        (["UPDATE document SET patient_id = 2, episode_id = NULL"], Wrong.CHANGED),
        (["DELETE FROM document_session", "DELETE FROM document"], Wrong.MISSING),
    ],
)
def test_what_left_unsigned_is_what_the_audit_tells_of_it(
    case: Case, changes: list[str], wrong: Wrong
) -> None:
    clinic, _episode = case
    add_patient(clinic, replace(PATIENT, uuid=str(uuid4()), mrn="2"))
    given = give_out(clinic, report(case), list)
    other = b"%PDF-other"
    named = {"other": other, "digest": sha256(other).digest()} if ":other" in changes[0] else {}
    attack(clinic, *changes, **named)
    assert verify_documents(clinic).problems == (DocumentProblem(given, wrong),)


def test_other_bytes_signed_with_a_key_that_was_put_in_for_it_are_found(case: Case) -> None:
    clinic, episode = case
    sign_document(clinic, report(case), PASSPHRASE)
    (kept,) = documents_of(clinic, episode.patient_id)
    forger, other = Ed25519PrivateKey.generate(), b"%PDF-other"
    digest = sha256(other).digest()
    with clinic.store.read() as connection:
        patient = connection.execute(text("SELECT uuid FROM patient")).scalar_one()
    own = document_statement(kept.kind, patient, digest, clinic.person, clinic.clock(), kept.zone)
    attack(
        clinic,
        "UPDATE document SET content = :other, sha256 = :digest",
        "UPDATE document_signature SET signature = :signature, content_hash = :own",
        "UPDATE signing_key SET public_key = :key",
        other=other,
        digest=digest,
        signature=forger.sign(canonical_bytes(own)),
        own=canonical_hash(own),
        key=forger.public_key().public_bytes_raw(),
    )
    assert verify_documents(clinic).problems == (DocumentProblem(kept.id, Wrong.CHANGED),)


def test_a_signature_by_an_earlier_key_of_the_same_person_still_holds(case: Case) -> None:
    clinic, _episode = case
    sign_document(clinic, report(case), PASSPHRASE)
    with clinic.store.write() as connection:
        connection.execute(
            text("UPDATE person SET signing_public_key = zeroblob(32), name = 'J. Rivera-Ito'")
        )
        later = "SELECT person_id, zeroblob(32), since FROM signing_key"
        connection.execute(text(f"INSERT INTO signing_key (person_id, public_key, since) {later}"))
        connection.commit()
    assert verify_documents(clinic).problems == ()
