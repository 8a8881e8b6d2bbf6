"""Making the note of a visit from the store, and what it says that it lacks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from ptnotes.domain.audit import Disclosure
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError, NotFoundError
from ptnotes.domain.payers import Coverage, Payer, PayerRules
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import (
    Intervention,
    Mobilization,
    Note,
    TreatmentSession,
    VisitKind,
    VisitStatus,
)
from ptnotes.domain.units import UnitRuleName
from ptnotes.services.documents import documents_of, give_out, log_sent
from ptnotes.services.opening import OpenClinic
from ptnotes.services.payers import add_payer, change_payer_rules, save_coverage
from ptnotes.services.people import change_person
from ptnotes.services.session_note import prepare_session_note
from ptnotes.services.signing import add_addendum, co_sign_note, sign_note, void_note
from ptnotes.services.visits import discard_draft, record_absence, save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import (
    OTHER_PASSPHRASE,
    STUDENT,
    UPA,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
    whole,
)

Charted = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def charted(tmp_path: Path, clock: FixedClock) -> Iterator[Charted]:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    with passphrases_remembered():
        yield clinic, episode
    clinic.close()


def text_of(document: bytes) -> str:
    return flat(" ".join(pages(document))).replace("\xa0", " ")


def changed(charted: Charted, **changes: object) -> TreatmentSession:
    """A visit with all that a note needs, but for the changes."""
    clinic, episode = charted
    started = start_session(clinic, episode.id or 0)
    return save_draft(clinic, replace(whole(started), **changes))  # type: ignore[arg-type]  # fields, as the test gives


def lacks_of(charted: Charted, **changes: object) -> dict[str, bool]:
    made = prepare_session_note(charted[0], changed(charted, **changes).id or 0)
    assert all(lack.text for lack in made.lacks)
    needed = [lack.is_required for lack in made.lacks]
    assert needed == sorted(needed, reverse=True)
    return {lack.code: lack.is_required for lack in made.lacks}


def test_a_signed_note_is_no_draft_and_can_be_sent(charted: Charted) -> None:
    clinic, episode = charted
    note = draft(clinic, episode)
    before = prepare_session_note(clinic, note.id or 0)
    assert before.draft == ("1 note not signed yet.",)
    with pytest.raises(InputError, match=r"document\.draft"):
        log_sent(clinic, give_out(clinic, before, list), _sent(episode))
    signed = sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    made = prepare_session_note(clinic, note.id or 0)
    assert (made.kind, made.draft, made.episode_id) == (DocumentKind.SESSION_NOTE, (), episode.id)
    assert made.sessions == ((signed.id, signed.revision),)
    assert (made.covers_from, made.covers_to) == (date(2026, 3, 2), date(2026, 3, 2))
    assert made.title == "Session note of 2 Mar 2026"
    assert made.file_name == "session-note-000123-2026-03-02.pdf"
    assert "Signed electronically by J. Rivera, PT, DPT on 2 Mar 2026 09:00" in text_of(made.pdf)
    log_sent(clinic, give_out(clinic, made, list), _sent(episode))
    assert [kept.sent for kept in documents_of(clinic, episode.patient_id)] == [1, 0]


def _sent(episode: EpisodeOfCare) -> Disclosure:
    return Disclosure(
        patient_id=episode.patient_id, what="", to_whom="Dr. P. Anand", how="fax", purpose="care"
    )


def test_a_students_note_waits_for_the_co_signature_and_then_tells_it(charted: Charted) -> None:
    clinic, episode = charted
    student = as_somebody(clinic, replace(STUDENT, supervisor_id=clinic.person_id))
    note = draft(student, episode)
    sign_note(student, note.id or 0, note.revision, OTHER_PASSPHRASE)
    waiting = prepare_session_note(clinic, note.id or 0)
    assert waiting.draft == ("1 note signed by S. Okafor, SPT, awaiting a co-signature.",)
    co_sign_note(clinic, note.id or 0, PASSPHRASE, "Seen with her.")
    made = prepare_session_note(clinic, note.id or 0)
    assert made.draft == ()
    text = text_of(made.pdf)
    assert "By S. Okafor, SPT · author of the note" in text
    assert "Co-signed electronically J. Rivera, PT, DPT" in text
    assert "Seen with her." in text


def test_an_addendum_and_then_the_void_are_told_on_every_page(charted: Charted) -> None:
    clinic, episode = charted
    note = draft(clinic, episode)
    sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    add_addendum(clinic, note.id or 0, "Left, not right.", PASSPHRASE)
    assert "Left, not right." in text_of(prepare_session_note(clinic, note.id or 0).pdf)
    void_note(clinic, note.id or 0, "Charted twice.", PASSPHRASE)
    made = prepare_session_note(clinic, note.id or 0)
    found = pages(made.pdf)
    assert all(page.startswith("VOID") and "Charted twice." in page for page in found)
    assert (made.draft, made.lacks) == ((), ())
    assert "Left, not right." in text_of(made.pdf)


def test_a_missed_visit_has_a_short_note_that_lacks_nothing(charted: Charted) -> None:
    clinic, episode = charted
    absent = record_absence(clinic, episode.id or 0, date(2026, 2, 27), VisitStatus.MISSED, "Snow")
    made = prepare_session_note(clinic, absent.id or 0, Paper.A4)
    assert (made.draft, made.lacks) == ((), ())
    assert "The visit was missed: Snow." in text_of(made.pdf)


def test_what_is_no_visit_has_no_note(charted: Charted) -> None:
    clinic, episode = charted
    with pytest.raises(NotFoundError, match=r"visit\.not_found"):
        prepare_session_note(clinic, 99)
    gone = discard_draft(clinic, start_session(clinic, episode.id or 0).id or 0)
    with pytest.raises(NotFoundError, match=r"visit\.not_found"):
        prepare_session_note(clinic, gone.id or 0)
    planned = start_session(clinic, episode.id or 0)
    save_draft(clinic, replace(planned, status=VisitStatus.SCHEDULED))
    with pytest.raises(InputError, match=r"session_note\.planned"):
        prepare_session_note(clinic, planned.id or 0)


def test_minutes_become_units_by_the_rule_of_whoever_pays(charted: Charted) -> None:
    clinic, episode = charted
    services = (
        Intervention(row=9, intervention="cpt_97140", minutes=8),
        Intervention(row=10, intervention="cpt_97110", minutes=8),
    )
    note = changed(charted, interventions=services, next_row=11)
    assert "1 unit by the CMS 8-minute rule" in text_of(prepare_session_note(clinic, note.id or 0).pdf)
    payer = add_payer(clinic, Payer(name="Made-up payer", units=UnitRuleName.AMA))
    change_payer_rules(clinic, PayerRules(payer=payer, units=UnitRuleName.AMA))
    save_coverage(clinic, Coverage(patient_id=episode.patient_id, payer_id=payer.id or 0))
    told = text_of(prepare_session_note(clinic, note.id or 0).pdf)
    assert "2 units by the AMA rule: 97140 1, 97110 1 (Made-up payer)" in told


def test_a_note_with_everything_lacks_what_describes_its_technique_alone(charted: Charted) -> None:
    # The technique's position is not charted, which is wanted and not required; nor is
    # what comes next, or who was told.
    assert lacks_of(charted) == {
        "lack.mobilization": False,
        "lack.visit_plan": False,
        "lack.visit_communication": False,
    }
    positioned = replace(UPA, position="prone")
    note = Note(subjective="Slept.", assessment="Settles.", plan="Go on.", communication="Told her son.")
    assert lacks_of(charted, mobilizations=(positioned,), note=note) == {}


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"time_out": None}, "lack.visit_minutes"),
        ({"time_in": None, "time_out": time(9)}, "lack.visit_minutes"),
        ({"interventions": (Intervention(row=9, intervention="cpt_97140"),)}, "lack.visit_timed"),
        ({"note": Note(subjective="Slept.")}, "lack.visit_assessment"),
        ({"mobilizations": (), "interventions": ()}, "lack.visit_treatment"),
    ],
)
def test_what_payers_ask_of_a_note_is_required(
    charted: Charted, changes: dict[str, object], lack: str
) -> None:
    assert lacks_of(charted, **changes)[lack]


@pytest.mark.parametrize("section", ["subjective", "objective", "assessment", "plan", "communication"])
def test_a_blank_that_is_left_in_the_note_is_named(charted: Charted, section: str) -> None:
    note = replace(Note(assessment="Settles."), **{section: "At ‹place› and ‹place›."})
    made = prepare_session_note(charted[0], changed(charted, note=note).id or 0)
    (left,) = [lack for lack in made.lacks if lack.code == "lack.blank_left"]
    assert left.is_required
    assert left.text == "The note has a blank left: ‹place›"


def test_nothing_done_is_required_of_a_visit_to_treat_alone(charted: Charted) -> None:
    bare = {"mobilizations": (), "interventions": (), "kind": VisitKind.EVALUATION}
    assert lacks_of(charted, **bare)["lack.visit_treatment"] is False


def test_untimed_services_need_no_minutes(charted: Charted) -> None:
    untimed = (Intervention(row=9, intervention="cpt_97161"),)
    assert "lack.visit_timed" not in lacks_of(charted, interventions=untimed)


@pytest.mark.parametrize(
    ("changes", "lack"),
    [
        ({"note": Note(assessment="Settles.")}, "lack.visit_statement"),
        ({"pain": ()}, "lack.visit_pain"),
        ({"pain": (), "rom": ()}, "lack.visit_after"),
    ],
)
def test_what_readers_want_is_wanted(charted: Charted, changes: dict[str, object], lack: str) -> None:
    assert lacks_of(charted, **changes)[lack] is False


def test_motion_looked_at_again_is_enough(charted: Charted) -> None:
    assert "lack.visit_after" not in lacks_of(charted, pain=())


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        (Mobilization(row=8), "level, technique"),
        (replace(UPA, side=None), "side"),
        (replace(UPA, grade=None, grade_system=None), "grade"),
        (replace(UPA, sets=None, duration_s=None), "dose"),
        (replace(UPA, side=None, sets=None, duration_s=None), "side, dose"),
    ],
)
def test_what_a_mobilization_does_not_say_is_named(charted: Charted, row: Mobilization, parts: str) -> None:
    made = prepare_session_note(charted[0], changed(charted, mobilizations=(row,)).id or 0)
    (told,) = [lack.text for lack in made.lacks if lack.code == "lack.mobilization" and lack.is_required]
    assert told.endswith(f"does not say: {parts}.")


def test_a_thrust_without_consent_and_a_direction_nobody_chose_are_told(charted: Charted) -> None:
    thrust = Mobilization(row=8, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V")
    made = prepare_session_note(charted[0], changed(charted, mobilizations=(thrust,)).id or 0)
    codes = {lack.code: lack for lack in made.lacks}
    assert codes["lack.visit_consent"].is_required is False
    wanted = [lack.text for lack in made.lacks if lack.code == "lack.mobilization" and not lack.is_required]
    assert "direction, position, response" in wanted[0]
    assert "consent" not in str(lacks_of(charted))


def test_somebody_without_credentials_is_named(charted: Charted) -> None:
    clinic, _episode = charted
    change_person(clinic, replace(clinic.person, credentials=""))
    assert lacks_of(charted)["lack.credentials"]
