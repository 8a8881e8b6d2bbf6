"""What is due, counted from what stands in the file, by the rules of whoever pays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.due import DueKind, DueRules, Urgency
from ptnotes.domain.episode import DischargeReason, EpisodeOfCare, PlanOfCare
from ptnotes.domain.errors import InputError, StaleError
from ptnotes.domain.patient import Patient
from ptnotes.domain.payers import Authorization, Coverage, Payer
from ptnotes.domain.treatment import VisitKind, VisitStatus
from ptnotes.domain.units import UnitRuleName
from ptnotes.services import certification, due, episodes, patients, payers, reporting, visits
from ptnotes.services.documents import give_out
from ptnotes.services.opening import OpenClinic
from tests.clinics import PATIENT, clinic_in
from tests.clock import FixedClock
from tests.documents import a_document

START = date(2026, 2, 2)


@pytest.fixture
def clinic(tmp_path: Path, clock: FixedClock) -> Iterator[OpenClinic]:
    made = clinic_in(tmp_path, clock)
    yield made
    made.close()


def episode_of(clinic: OpenClinic, patient: Patient = PATIENT, start: date = START) -> EpisodeOfCare:
    stored = patients.add_patient(clinic, patient)
    plan = PlanOfCare(visits_a_week=Decimal(2), duration_weeks=8, start=start)
    return episodes.open_episode(clinic, EpisodeOfCare(patient_id=stored.id or 0, start=start, plan=plan))


def seen(
    clinic: OpenClinic, episode: EpisodeOfCare, *days: date, kind: VisitKind = VisitKind.TREATMENT
) -> None:
    for day in days:
        visits.start_session(clinic, episode.id or 0, day, kind)


def days(count: int, first: date = START) -> list[date]:
    return [first + timedelta(days=2 * place) for place in range(count)]


def why(clinic: OpenClinic, episode: EpisodeOfCare, kind: DueKind) -> str:
    found = [one for one in due.due_of_episode(clinic, episode.id or 0).dues if one.kind is kind]
    return f"{found[0].urgency}: {found[0].why}" if found else ""


def test_treatment_days_are_counted_once_and_only_of_attended_visits(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, *days(8), days(8)[0])
    visits.record_absence(clinic, episode.id or 0, date(2026, 2, 25), VisitStatus.MISSED, "Made-up reason")
    visits.record_absence(clinic, episode.id or 0, date(2026, 2, 26), VisitStatus.CANCELLED, "Made-up reason")
    gone = visits.start_session(clinic, episode.id or 0, date(2026, 2, 27))
    visits.discard_draft(clinic, gone.id or 0)
    assert why(clinic, episode, DueKind.PROGRESS_REPORT) == (
        "soon: treatment days 1–10 of this episode; the last visit was the 8th"
    )


def test_a_report_that_was_given_out_begins_the_count_anew_and_a_draft_does_not(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, *days(10))
    assert why(clinic, episode, DueKind.PROGRESS_REPORT).startswith("overdue: treatment days 1–10")
    give_out(clinic, a_document(episode, covers_to=days(10)[-1], draft=("1 note not signed yet.",)), list)
    assert why(clinic, episode, DueKind.PROGRESS_REPORT).startswith("overdue: treatment days 1–10")
    give_out(clinic, a_document(episode, covers_to=days(10)[-1]), list)
    assert why(clinic, episode, DueKind.PROGRESS_REPORT) == ""
    seen(clinic, episode, *(date(2026, 2, 21) + timedelta(days=place) for place in range(9)))
    assert why(clinic, episode, DueKind.PROGRESS_REPORT) == (
        "soon: treatment days 11–20 of this episode; the last visit was the 9th"
    )


def test_a_report_of_unsigned_notes_covers_nothing(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, *days(2))
    assert reporting.prepare_report(clinic, episode.id or 0, reporting.ReportChoices()).draft


def test_drafts_are_unsigned_notes(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, date(2026, 3, 2), date(2026, 2, 4))
    assert why(clinic, episode, DueKind.UNSIGNED_NOTES) == (
        "overdue: 2 notes are not signed, the earliest of 4 Feb 2026"
    )


def test_a_plan_goes_to_the_physician_comes_back_and_is_certified(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    key = episode.id or 0
    assert why(clinic, episode, DueKind.PLAN_SENT) == (
        "soon: 30 days from the evaluation on 2 Feb 2026 end on 4 Mar 2026; nothing says that the plan was sent"
    )
    sent = certification.save_certification(
        clinic,
        Certification(episode_id=key, sent_on=date(2026, 2, 3), sent_to="Dr. P. Anand", sent_how=SentHow.FAX),
    )
    assert (sent.plan_version, why(clinic, episode, DueKind.PLAN_SENT)) == (1, "")
    assert certification.plan_standing(clinic, key).certification == sent
    signed = certification.save_certification(
        clinic,
        replace(
            sent,
            received_on=date(2026, 2, 10),
            signed_on=date(2026, 2, 9),
            signed_by="P. Anand, MD",
            valid_until=date(2026, 3, 10),
        ),
    )
    assert certification.plan_standing(clinic, key).certification == signed
    assert why(clinic, episode, DueKind.CERTIFICATION) == "soon: the plan is certified to 10 Mar 2026"
    with pytest.raises(StaleError):
        certification.save_certification(clinic, sent)


def test_a_certification_is_of_the_newest_plan_and_is_told_when_the_plan_changed_since(
    clinic: OpenClinic,
) -> None:
    episode = episode_of(clinic)
    key = episode.id or 0
    certification.save_certification(clinic, Certification(episode_id=key, sent_on=START))
    episodes.change_episode(clinic, replace(episode, plan=replace(episode.plan, duration_weeks=6)))
    standing = certification.plan_standing(clinic, key)
    assert standing.certification is not None
    assert (standing.version, standing.certification.plan_version) == (2, 1)


def test_a_signed_plan_came_back_and_not_before_it_was_sent_or_signed(clinic: OpenClinic) -> None:
    key = episode_of(clinic).id or 0
    wrong = {
        "certification.not_received": Certification(
            episode_id=key, signed_on=START, signed_by="P. Anand, MD"
        ),
        "certification.back_before_sent": Certification(
            episode_id=key, sent_on=START, received_on=START - timedelta(days=1)
        ),
        "certification.back_before_signed": Certification(
            episode_id=key, received_on=START, signed_on=START + timedelta(days=1), signed_by="P. Anand, MD"
        ),
        "certification.ends_before_signed": Certification(
            episode_id=key, received_on=START, signed_on=START, signed_by="P", valid_until=date(2026, 2, 1)
        ),
        "date.future": Certification(episode_id=key, sent_on=date(2026, 3, 3)),
    }
    for code, entered in wrong.items():
        with pytest.raises(InputError) as refused:
            certification.save_certification(clinic, entered)
        assert [fault.code for fault in refused.value.faults] == [code]
    certification.save_certification(clinic, Certification(episode_id=key, sent_on=date(2026, 3, 2)))


def test_without_a_plan_there_is_nothing_to_send(clinic: OpenClinic) -> None:
    patient = patients.add_patient(clinic, PATIENT)
    episode = episodes.open_episode(clinic, EpisodeOfCare(patient_id=patient.id or 0, start=START))
    with pytest.raises(InputError) as refused:
        certification.save_certification(clinic, Certification(episode_id=episode.id or 0, sent_on=START))
    assert refused.value.faults[0].code == "certification.no_plan"


def test_the_next_visit_to_the_physician_is_noted_changed_and_taken_back(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    key = episode.id or 0
    certification.set_physician_visit(clinic, key, date(2026, 3, 20))
    assert why(clinic, episode, DueKind.PHYSICIAN_VISIT) == ""
    certification.set_physician_visit(clinic, key, date(2026, 3, 5))
    assert why(clinic, episode, DueKind.PHYSICIAN_VISIT) == (
        "soon: the next visit to the physician is on 5 Mar 2026"
    )
    certification.set_physician_visit(clinic, key, None)
    assert why(clinic, episode, DueKind.PHYSICIAN_VISIT) == ""
    assert certification.plan_standing(clinic, key).physician_visit_on is None


def test_authorized_visits_are_counted_from_the_latest_authorization_that_has_begun(
    clinic: OpenClinic,
) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, *days(6))
    payer = payers.add_payer(clinic, Payer(name="Blue Heron Health (made up)", units=UnitRuleName.AMA))
    covered = payers.save_coverage(
        clinic, Coverage(patient_id=episode.patient_id, payer_id=payer.id or 0, member_number="X1")
    )
    first = Authorization(
        coverage_id=covered.id or 0, number="A-1", visits=4, since=START, until=date(2026, 2, 5)
    )
    payers.save_authorization(clinic, first)
    assert why(clinic, episode, DueKind.AUTHORIZED_VISITS) == "overdue: 6 of 4 authorized visits are used"
    assert why(clinic, episode, DueKind.AUTHORIZATION) == "overdue: visits are authorized to 5 Feb 2026"
    second = replace(first, number="A-2", visits=6, since=date(2026, 2, 6), until=date(2026, 3, 10))
    stored = payers.save_authorization(clinic, second)
    assert why(clinic, episode, DueKind.AUTHORIZED_VISITS) == "soon: 4 of 6 authorized visits are used"
    payers.save_authorization(clinic, replace(second, number="A-3", since=date(2026, 3, 5), visits=1))
    assert why(clinic, episode, DueKind.AUTHORIZATION) == "soon: visits are authorized to 10 Mar 2026"
    payers.remove_authorization(clinic, stored)
    assert why(clinic, episode, DueKind.AUTHORIZED_VISITS).startswith("overdue: 6 of 4")


def test_a_payers_rules_replace_the_clinics_and_what_is_not_asked_for_is_not_due(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    seen(clinic, episode, *days(10))
    own = payers.rules_by_payer(clinic)[0]
    assert (own.payer, own.revision, own.due) == (None, 0, DueRules())
    assert due.due_of_episode(clinic, episode.id or 0).rules == "the clinic’s own rules"
    payer = payers.add_payer(clinic, Payer(name="Blue Heron Health (made up)"))
    payers.save_coverage(clinic, Coverage(patient_id=episode.patient_id, payer_id=payer.id or 0))
    listed = payers.rules_by_payer(clinic)[1]
    relaxed = replace(
        listed,
        due=replace(listed.due, report_treatment_days=None, plan_sent_days=None, re_evaluation_days=30),
    )
    stored = payers.change_payer_rules(clinic, relaxed)
    assert payers.rules_by_payer(clinic)[1] == stored
    found = due.due_of_episode(clinic, episode.id or 0)
    assert found.rules == "Blue Heron Health (made up)"
    assert [one.kind for one in found.dues] == [DueKind.UNSIGNED_NOTES]
    seen(clinic, episode, date(2026, 2, 2), kind=VisitKind.RE_EVALUATION)
    assert why(clinic, episode, DueKind.RE_EVALUATION) == (
        "soon: 30 days from the evaluation on 2 Feb 2026 end on 4 Mar 2026"
    )
    with pytest.raises(StaleError):
        payers.change_payer_rules(clinic, relaxed)
    with pytest.raises(InputError, match=r"value\.range"):
        payers.change_payer_rules(clinic, replace(own, due=replace(own.due, report_treatment_days=0)))


def test_the_payer_who_is_billed_first_on_the_day_says_how_units_are_counted(clinic: OpenClinic) -> None:
    episode = episode_of(clinic)
    key = episode.id or 0
    assert due.counting_rules(clinic, key).units is UnitRuleName.CMS
    own = payers.rules_by_payer(clinic)[0]
    payers.change_payer_rules(clinic, replace(own, units=UnitRuleName.AMA))
    assert due.counting_rules(clinic, key).units is UnitRuleName.AMA
    medicare = payers.add_payer(clinic, Payer(name="Medicare Part B"))
    other = payers.add_payer(clinic, Payer(name="Blue Heron Health (made up)", units=UnitRuleName.AMA))
    ended = Coverage(patient_id=episode.patient_id, payer_id=other.id or 0, until=date(2026, 2, 28))
    payers.save_coverage(clinic, ended)
    payers.save_coverage(clinic, replace(ended, payer_id=medicare.id or 0, until=None))
    rules = due.counting_rules(clinic, key)
    assert (rules.name, rules.units) == ("Medicare Part B", UnitRuleName.CMS)


def test_a_payer_is_added_once_under_a_name(clinic: OpenClinic) -> None:
    first = payers.add_payer(clinic, Payer(name="Medicare Part B"))
    assert payers.add_payer(clinic, Payer(name="medicare  part b")) == first
    covered = Coverage(patient_id=episode_of(clinic).patient_id, payer_id=first.id or 0, member_number="X1")
    payers.save_coverage(clinic, covered)
    with pytest.raises(InputError, match=r"payer\.covered_already"):
        payers.save_coverage(clinic, covered)


def test_the_most_pressing_of_the_clinic_comes_first_with_its_patient(clinic: OpenClinic) -> None:
    late = episode_of(clinic)
    seen(clinic, late, *days(3))
    fresh = episode_of(clinic, replace(PATIENT, mrn="000124", family_name="Okafor"), start=date(2026, 3, 1))
    seen(clinic, fresh, date(2026, 3, 2))
    ended = episode_of(clinic, replace(PATIENT, mrn="000125", family_name="Lind"))
    seen(clinic, ended, *days(11))
    episodes.change_episode(
        clinic,
        replace(ended, discharged_on=date(2026, 3, 1), discharge_reason=DischargeReason.OTHER),
    )
    archived = episode_of(clinic, replace(PATIENT, mrn="000126", family_name="Sato"))
    seen(clinic, archived, *days(11))
    patients.archive_patient(clinic, archived.patient_id)
    found = due.most_pressing_due(clinic, 2)
    told = [(row.patient.id, row.episode_id, row.due.kind, row.due.urgency) for row in found.rows]
    assert told == [
        (late.patient_id, late.id, DueKind.UNSIGNED_NOTES, Urgency.OVERDUE),
        (fresh.patient_id, fresh.id, DueKind.UNSIGNED_NOTES, Urgency.NOW),
    ]
    assert found.count == 3  # and the plan that nobody sent


def test_one_episode_is_told_as_the_clinic_tells_it(clinic: OpenClinic) -> None:
    made = [
        episode_of(clinic, replace(PATIENT, mrn=str(number), given_name=f"Made up {number}"))
        for number in range(3)
    ]
    for number, episode in enumerate(made):
        seen(clinic, episode, *days(8 + number))
    everything = due.most_pressing_due(clinic, 100)
    for episode in made:
        alone = due.due_of_episode(clinic, episode.id or 0).dues
        assert sorted(alone, key=repr) == sorted(
            (row.due for row in everything.rows if row.episode_id == episode.id), key=repr
        )
