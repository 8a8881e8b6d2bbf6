"""Making an evaluation with its plan of care from the store: which visit it is of, and which plan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ptnotes.domain.certification import Certification, SentHow
from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.due import DueRules
from ptnotes.domain.episode import EpisodeOfCare, PlanOfCare
from ptnotes.domain.errors import InputError, NotFoundError
from ptnotes.domain.payers import PayerRules
from ptnotes.domain.people import Paper, Person, Role
from ptnotes.domain.screening import Answer
from ptnotes.domain.treatment import Note, TreatmentSession, VisitKind, VisitStatus
from ptnotes.services.certification import save_certification
from ptnotes.services.documents import give_out
from ptnotes.services.episodes import change_episode
from ptnotes.services.evaluation import EvaluationChoices, prepare_evaluation
from ptnotes.services.opening import OpenClinic
from ptnotes.services.payers import change_payer_rules, rules_by_payer
from ptnotes.services.screening import answer_screen
from ptnotes.services.signing import co_sign_note, sign_note, void_note
from ptnotes.services.visits import save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import (
    OTHER,
    OTHER_PASSPHRASE,
    STUDENT,
    as_somebody,
    clinic_with_episode,
    passphrases_remembered,
    screened,
    whole,
)

Charted = tuple[OpenClinic, EpisodeOfCare]
FIRST, THIRD = EvaluationChoices(), EvaluationChoices(sign_by=date(2026, 3, 20))
PLAN = PlanOfCare(times_a_day=1, visits_a_week=Decimal(2), duration_weeks=6, start=date(2026, 3, 2))


@pytest.fixture
def charted(tmp_path: Path, clock: FixedClock) -> Iterator[Charted]:
    """An episode with a plan, evaluated today."""
    clinic, episode = clinic_with_episode(tmp_path, clock)
    planned = change_episode(clinic, replace(episode, plan=PLAN, title="Low back"))
    with passphrases_remembered():
        yield clinic, planned
    clinic.close()


def visited(
    clinic: OpenClinic, episode: EpisodeOfCare, kind: VisitKind = VisitKind.EVALUATION, **changes: object
) -> TreatmentSession:
    started = start_session(clinic, episode.id or 0, kind=kind)
    return save_draft(clinic, replace(whole(started), **changes))  # type: ignore[arg-type]  # fields, as the test gives


def text_of(document: bytes) -> str:
    return flat(" ".join(pages(document))).replace("\xa0", " ")


def test_the_first_evaluation_is_told_and_is_a_draft_until_signed(charted: Charted) -> None:
    clinic, episode = charted
    visited(clinic, episode, VisitKind.TREATMENT)
    note = visited(clinic, episode)
    visited(clinic, episode, note=Note(assessment="The second one."))
    made = prepare_evaluation(clinic, episode.id or 0, FIRST)
    assert made.draft == ("1 note not signed yet.",)
    assert made.sessions == ((note.id, note.revision),)
    signed = sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    made = prepare_evaluation(clinic, episode.id or 0, FIRST)
    assert (made.kind, made.draft) == (DocumentKind.EVALUATION, ())
    assert made.sessions == ((signed.id, signed.revision),)
    assert made.title == "Evaluation and plan of care of 2 Mar 2026"
    assert made.file_name == "evaluation-000123-2026-03-02.pdf"
    assert made.conclusion is not None
    assert "Planned: 1 × a day, 2 × a week for 6 weeks from 2 Mar 2026" in made.conclusion.headline
    text = text_of(made.pdf)
    assert "your signature on the plan of care below by 1 Apr 2026." in text
    assert (
        "which I certify from 2 Mar 2026 to 12 Apr 2026 (the plan’s 6 weeks or 90 days, the shorter)" in text
    )
    assert "signed electronically by J. Rivera, PT, DPT, 2 Mar 2026 09:00." in text
    assert "The second one." not in text
    give_out(clinic, made, list)


def test_the_day_of_the_signature_and_the_paper_can_be_chosen(charted: Charted) -> None:
    clinic, episode = charted
    visited(clinic, episode)
    text = text_of(prepare_evaluation(clinic, episode.id or 0, replace(THIRD, paper=Paper.A4)).pdf)
    assert "below by 20 Mar 2026." in text
    assert "Please return it signed by 20 Mar 2026." in text


def test_the_payers_own_rule_sets_the_day(charted: Charted) -> None:
    clinic, episode = charted
    visited(clinic, episode)
    own = next(rules for rules in rules_by_payer(clinic) if rules.payer is None)
    rules = DueRules(plan_sent_days=14, certified_days=30)
    change_payer_rules(clinic, PayerRules(due=rules, units=own.units, revision=own.revision))
    text = text_of(prepare_evaluation(clinic, episode.id or 0, FIRST).pdf)
    assert "below by 16 Mar 2026." in text
    assert "to 31 Mar 2026 (the plan’s 6 weeks or 30 days, the shorter)" in text


@pytest.mark.parametrize("kind", [VisitKind.TREATMENT, VisitKind.DISCHARGE])
def test_an_episode_without_an_evaluation_has_none(charted: Charted, kind: VisitKind) -> None:
    clinic, episode = charted
    with pytest.raises(InputError, match=r"evaluation\.none"):
        prepare_evaluation(clinic, episode.id or 0, FIRST)
    other = visited(clinic, episode, kind)
    with pytest.raises(InputError, match=r"evaluation\.none"):
        prepare_evaluation(clinic, episode.id or 0, FIRST)
    with pytest.raises(InputError, match=r"evaluation\.not_one"):
        prepare_evaluation(clinic, episode.id or 0, EvaluationChoices(session_id=other.id))
    with pytest.raises(NotFoundError):
        prepare_evaluation(clinic, 99, FIRST)


def test_one_that_was_missed_or_is_void_is_none(charted: Charted) -> None:
    clinic, episode = charted
    visited(clinic, episode, status=VisitStatus.MISSED, status_reason="Snow")
    note = visited(clinic, episode)
    sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    void_note(clinic, note.id or 0, "Charted twice.", PASSPHRASE)
    with pytest.raises(InputError, match=r"evaluation\.none"):
        prepare_evaluation(clinic, episode.id or 0, FIRST)


def test_each_evaluation_tells_the_plan_of_its_own_day(charted: Charted, clock: FixedClock) -> None:
    clinic, episode = charted
    visited(clinic, episode)
    save_certification(
        clinic,
        Certification(
            episode_id=episode.id or 0, sent_on=clinic.today(), received_on=clinic.today(), signed_on=clinic.today(),
            signed_by="Dr. P. Anand", sent_to="Dr. P. Anand", sent_how=SentHow.FAX,
        ),
    )  # fmt: skip
    clock.advance(days=20)
    slower = change_episode(clinic, replace(episode, plan=replace(PLAN, visits_a_week=Decimal(1))))
    again = visited(clinic, slower, VisitKind.RE_EVALUATION)
    first = text_of(prepare_evaluation(clinic, episode.id or 0, FIRST).pdf)
    assert "Amount, frequency and duration: 1 × a day, 2 × a week" in first
    assert "nothing; the plan is certified." in first
    made = prepare_evaluation(clinic, episode.id or 0, EvaluationChoices(session_id=again.id))
    assert made.title == "Re-evaluation and updated plan of care of 22 Mar 2026"
    second = text_of(made.pdf)
    assert "Amount, frequency and duration: 1 × a day, 1 × a week" in second
    # The first plan's six weeks end on 12 April, before thirty days from now do.
    assert "below by 12 Apr 2026." in second
    assert "signed by Dr. P. Anand on 2 Mar 2026" in second


def test_a_plan_written_after_the_evaluation_is_still_its_plan(tmp_path: Path, clock: FixedClock) -> None:
    clinic, episode = clinic_with_episode(tmp_path, clock)
    visited(clinic, episode)
    none = prepare_evaluation(clinic, episode.id or 0, FIRST)
    assert "No plan of care is written." in text_of(none.pdf)
    assert {lack.code for lack in none.lacks if lack.is_required} >= {"lack.plan_of_care"}
    clock.advance(days=2)
    change_episode(clinic, replace(episode, plan=PLAN))
    told = prepare_evaluation(clinic, episode.id or 0, FIRST)
    assert "Written on 4 Mar 2026 by J. Rivera, PT, DPT." in text_of(told.pdf)
    assert "lack.plan_late" not in {lack.code for lack in told.lacks}
    clinic.close()


def test_whoever_evaluated_signs_whoever_makes_it(charted: Charted) -> None:
    clinic, episode = charted
    visited(clinic, episode)
    other = as_somebody(clinic, OTHER)
    text = flat(pages(prepare_evaluation(other, episode.id or 0, FIRST).pdf)[0])
    assert "J. Rivera, PT, DPT Date" in text
    assert "Lindqvist" not in text


def test_the_screen_that_was_asked_in_full_is_told_and_lacks_nothing(charted: Charted) -> None:
    clinic, episode = charted
    screened(clinic, episode)
    note = visited(clinic, episode)
    made = prepare_evaluation(clinic, episode.id or 0, EvaluationChoices(session_id=note.id))
    assert "lack.screen" not in {lack.code for lack in made.lacks}
    assert "The screen was asked in full on 2 Mar 2026. No answer limits treatment." in text_of(made.pdf)
    answer_screen(clinic, episode.id or 0, [("osteoporosis_severe", Answer.YES, ())])
    limited = prepare_evaluation(clinic, episode.id or 0, EvaluationChoices(session_id=note.id))
    assert "asked in full on 2 Mar 2026. No other answer limits treatment." in text_of(limited.pdf)


def test_whoever_makes_the_document_is_not_its_author(charted: Charted) -> None:
    clinic, episode = charted
    note = visited(clinic, episode)
    sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assistant = as_somebody(clinic, Person(name="A. Made-Up", credentials="PTA", role=Role.ASSISTANT))
    made = prepare_evaluation(assistant, episode.id or 0, FIRST)
    text = text_of(made.pdf)
    assert "J. Rivera, PT, DPT Date" in text
    assert "copy made 2 Mar 2026" in text
    assert "Made-Up" not in text
    assert b"Made-Up" not in made.pdf


def test_for_a_students_evaluation_answers_whoever_co_signs_it(charted: Charted) -> None:
    clinic, episode = charted
    supervised = replace(STUDENT, supervisor_id=clinic.person_id)
    student = as_somebody(clinic, supervised)
    note = visited(student, episode)
    assert "J. Rivera, PT, DPT Date" in text_of(prepare_evaluation(student, episode.id or 0, FIRST).pdf)
    signed = sign_note(student, note.id or 0, note.revision, OTHER_PASSPHRASE)
    other = as_somebody(clinic, OTHER)
    co_sign_note(other, signed.id or 0, OTHER_PASSPHRASE)
    made = prepare_evaluation(clinic, episode.id or 0, FIRST)
    text = text_of(made.pdf)
    assert made.draft == ()
    assert "M. Lindqvist, PT Date" in text
    assert "signed electronically by S. Okafor, SPT" in text
