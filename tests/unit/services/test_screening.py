"""The screen on a real clinic file: asking, going past a stop, consent, adverse events, and what is signed of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ptnotes.db.signing import stored_signatures
from ptnotes.db.triggers import drop_triggers
from ptnotes.domain.contraindication import AdverseEvent
from ptnotes.domain.episode import Diagnosis, EpisodeOfCare, EpisodeRegion
from ptnotes.domain.errors import InputError, StaleError
from ptnotes.domain.people import Role
from ptnotes.domain.screening import UNCHANGED, Answer, AskAgain, Site, items_for, latest_answers, unanswered
from ptnotes.domain.treatment import Mobilization, NoteState, TreatmentSession
from ptnotes.reports.progress import render_progress_report
from ptnotes.services import screening, signing
from ptnotes.services.episodes import change_episode
from ptnotes.services.history import history_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.overview import home, patient_header
from ptnotes.services.reporting import progress_report_data
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import load_session, save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import (
    OTHER,
    UPA,
    as_somebody,
    clinic_with_episode,
    draft,
    passphrases_remembered,
    screened,
)

THRUST = Mobilization(
    row=8, targets=("L5",), technique="hvlat_spine", grade_system="maitland", grade="V", attempts=1,
    responses=("better",),
)  # fmt: skip
YES, NO = Answer.YES, Answer.NO
Case = tuple[OpenClinic, EpisodeOfCare]


@pytest.fixture
def case(tmp_path: Path, clock: FixedClock) -> Iterator[Case]:
    with passphrases_remembered():
        clinic, episode = clinic_with_episode(tmp_path, clock)
        yield clinic, episode
        clinic.close()


def say(case: Case, item: str, answer: Answer = YES, *sites: Site) -> None:
    clinic, episode = case
    screening.answer_screen(clinic, episode.id or 0, [(item, answer, sites)])


def reasons(case: Case, session: TreatmentSession | None = None) -> tuple[AskAgain, ...]:
    clinic, episode = case
    found = screening.episode_screen(clinic, episode.id or 0)
    return screening.reasons_to_ask(clinic.reference, found, session)


def needed(clinic: OpenClinic, note: TreatmentSession) -> list[str]:
    return [one.code for one in signing.check_note(clinic, note.id or 0) if one.blocks]


def test_the_first_answer_begins_the_screen_and_the_last_one_makes_it_whole(case: Case) -> None:
    clinic, episode = case
    assert reasons(case) == (AskAgain.NEVER_ASKED,)
    say(case, "dvt", NO)
    assert reasons(case) == (AskAgain.UNANSWERED,)
    screened(clinic, episode)
    assert reasons(case) == ()
    found = screening.episode_screen(clinic, episode.id or 0)
    items = items_for(clinic.reference, ["lumbar"])
    latest = latest_answers(found.screen.answers)
    assert {latest[item.id].answer for item in items} == {NO}
    assert all(latest[item.id].person_id == clinic.person_id for item in items)
    assert unanswered(clinic.reference, found.screen.answers, ["lumbar"]) == ()


def test_no_change_is_recorded_at_the_visit_with_the_day_it_speaks_of(case: Case, clock: FixedClock) -> None:
    clinic, episode = case
    first = start_session(clinic, episode.id or 0)
    with pytest.raises(InputError, match=r"screen\.ask_again"):
        screening.record_unchanged(clinic, first.id or 0)
    screened(clinic, episode)
    clock.advance(days=3)
    visit = start_session(clinic, episode.id or 0)
    found = screening.record_unchanged(clinic, visit.id or 0)
    (said,) = [answer for answer in found.screen.answers if answer.item == UNCHANGED]
    assert (said.words, said.asked_in, said.on) == ("2026-03-02", visit.id, date(2026, 3, 5))
    clock.advance(days=28)
    again = start_session(clinic, episode.id or 0)
    with pytest.raises(InputError, match=r"screen\.ask_again"):
        screening.record_unchanged(clinic, again.id or 0)
    assert reasons(case) == (AskAgain.TOO_LONG_AGO,)
    say(case, "dvt", NO)
    assert reasons(case) == (AskAgain.UNANSWERED,)


def test_a_new_region_a_new_diagnosis_and_an_alerting_response_reopen_it(
    case: Case, clock: FixedClock
) -> None:
    clinic, episode = case
    screened(clinic, episode)
    more = replace(episode, regions=(*episode.regions, EpisodeRegion(region="hip")))
    episode = change_episode(clinic, more)
    assert reasons((clinic, episode)) == (AskAgain.NEW_REGION,)
    screened(clinic, episode)
    diagnosis = Diagnosis(row=1, code="M80.08XA", words="Made up", checked=True)
    episode = change_episode(clinic, replace(episode, diagnoses=(diagnosis,)))
    assert reasons((clinic, episode)) == (AskAgain.NEW_DIAGNOSIS,)
    found = screening.episode_screen(clinic, episode.id or 0)
    assert "compression_fracture" in found.implied
    screened(clinic, episode)
    clock.advance(days=1)
    (alert, *_) = [each.id for each in clinic.reference.responses.values() if each.alert]
    visit = start_session(clinic, episode.id or 0)
    row = replace(UPA, row=1, responses=(alert,))
    save_draft(clinic, replace(visit, mobilizations=(row,), next_row=2))
    assert reasons((clinic, episode)) == (AskAgain.ALERTING_RESPONSE,)


def test_what_a_visit_treats_in_another_region_has_to_be_asked(case: Case) -> None:
    clinic, episode = case
    screened(clinic, episode)
    visit = start_session(clinic, episode.id or 0)
    session = replace(visit, mobilizations=(Mobilization(row=1, targets=("C5",)),), next_row=2)
    assert reasons(case, session) == (AskAgain.NEW_REGION,)
    save_draft(clinic, session)
    assert reasons(case) == (AskAgain.NEW_REGION,)


def test_an_unknown_item_or_site_is_refused(case: Case) -> None:
    with pytest.raises(InputError, match=r"reference\.unknown"):
        say(case, "no_such_item")
    with pytest.raises(InputError, match=r"reference\.unknown"):
        say(case, "fracture_acute", YES, Site("no_such_place"))


def test_what_was_done_against_a_stop_is_signed_with_its_reason_and_by_its_author_alone(case: Case) -> None:
    clinic, episode = case
    screened(clinic, episode)
    say(case, "fracture_acute", YES, Site("L5"))
    note = draft(clinic, episode)
    assert needed(clinic, note) == ["missing.against_reason"]
    with pytest.raises(InputError, match=r"missing\.against_reason"):
        signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    with pytest.raises(InputError, match=r"override\.reason"):
        screening.give_reason(clinic, note.id or 0, 8, "  ")
    screening.give_reason(clinic, note.id or 0, 8, "Healed on the film of 1 Mar, seen after the screen.")
    assert needed(clinic, note) == []
    signed = signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    assert signed.state is NoteState.SIGNED
    with pytest.raises(StaleError, match=r"visit\.not_draft"):
        screening.give_reason(clinic, note.id or 0, 8, "Another.")
    assert verify_notes(clinic).problems == ()
    with clinic.store.read() as connection:
        (stored,) = stored_signatures(connection, [note.id or 0])
    statement = json.loads(stored.content or b"")
    (against,) = statement["against"]
    assert (against["item"], against["row"], against["person"]) == ("fracture_acute", 8, clinic.person.uuid)
    assert against["reason"].startswith("Healed on the film")
    label = clinic.reference.screening_items["fracture_acute"].label
    assert statement["labels"]["screening_items"] == {"fracture_acute": label}


def test_a_reason_that_is_gone_from_the_file_does_not_go_unseen(case: Case) -> None:
    clinic, episode = case
    say(case, "fracture_acute", YES, Site("L5"))
    note = draft(clinic, episode)
    screening.give_reason(clinic, note.id or 0, 8, "She asked for it.")
    signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE)
    with clinic.store.write() as connection:
        drop_triggers(connection)
        connection.exec_driver_sql("UPDATE screen_override SET reason = 'Something else'")
        connection.commit()
    assert [problem.session_id for problem in verify_notes(clinic).problems] == [note.id]


def test_in_an_emergency_what_was_done_can_be_signed_too(case: Case) -> None:
    clinic, episode = case
    say(case, "cauda_equina")
    note = draft(clinic, episode)
    assert needed(clinic, note) == ["missing.against_visit"]
    screening.give_reason(
        clinic, note.id or 0, None, "Found at the end of the visit; sent to the emergency room."
    )
    assert needed(clinic, note) == []
    assert signing.sign_note(clinic, note.id or 0, note.revision, PASSPHRASE).state is NoteState.SIGNED


def test_a_thrust_needs_its_own_consent_which_can_be_taken_back(case: Case, clock: FixedClock) -> None:
    clinic, episode = case
    screened(clinic, episode)
    note = draft(clinic, episode)
    note = save_draft(clinic, replace(note, mobilizations=(THRUST,)))
    assert needed(clinic, note) == ["missing.consent"]
    found = screening.give_consent(clinic, episode.id or 0, "Risks explained.")
    assert needed(clinic, note) == []
    assert screening.give_consent(clinic, episode.id or 0).screen.consents == found.screen.consents
    clock.advance(days=1)
    later = draft(clinic, episode)
    later = save_draft(clinic, replace(later, mobilizations=(THRUST,)))
    assert needed(clinic, later) == []
    screening.withdraw_consent(clinic, episode.id or 0)
    assert needed(clinic, later) == ["missing.consent"]
    assert needed(clinic, note) == []


def test_the_supervisor_is_told_until_somebody_has_looked(case: Case) -> None:
    clinic, episode = case
    say(case, "fracture_acute", YES, Site("L5"))
    note = draft(clinic, episode)
    screening.give_reason(clinic, note.id or 0, 8, "She asked for it.")
    assistant = as_somebody(clinic, replace(OTHER, role=Role.ASSISTANT))
    assert home(assistant).against == ()
    (row,) = home(clinic).against
    assert (row.override.session_id, row.override.reason) == (note.id, "She asked for it.")
    assert row.what == clinic.reference.screening_items["fracture_acute"].label
    screening.mark_against_seen(clinic, [row.override.id or 0])
    screening.mark_against_seen(clinic, [row.override.id or 0])
    assert home(clinic).against == ()


def test_a_row_that_was_taken_out_again_is_on_no_list(case: Case) -> None:
    clinic, episode = case
    say(case, "fracture_acute", YES, Site("L5"))
    note = draft(clinic, episode)
    screening.give_reason(clinic, note.id or 0, 8, "She asked for it.")
    save_draft(clinic, replace(note, mobilizations=()))
    assert home(clinic).against == ()
    with pytest.raises(InputError, match=r"override\.nothing"):
        screening.give_reason(clinic, note.id or 0, 8, "Once more.")


def test_an_adverse_event_is_followed_up_until_it_is_closed(case: Case) -> None:
    clinic, episode = case
    event = AdverseEvent(episode_id=episode.id or 0, happened_on=clinic.today(), what=" Dizzy for an hour ")
    stored = screening.report_event(clinic, event)
    assert (stored.what, stored.reported_by) == ("Dizzy for an hour", clinic.person_id)
    assert [row.event for row in home(clinic).events] == [stored]
    assert patient_header(clinic, episode.patient_id).events == (stored,)
    followed = screening.follow_event(clinic, replace(stored, follow_up="Called: well since the evening."))
    with pytest.raises(StaleError, match=r"record\.stale"):
        screening.follow_event(clinic, stored)
    screening.follow_event(clinic, replace(followed, closed_on=clinic.today()))
    assert home(clinic).events == ()
    (kept,) = screening.episode_screen(clinic, episode.id or 0).screen.events
    assert kept.follow_up == "Called: well since the evening."


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"what": " "}, "event.what"),
        ({"happened_on": date(2027, 1, 1)}, "date.future"),
        ({"closed_on": date(2026, 2, 1)}, "event.closed_before"),
    ],
)
def test_an_impossible_event_is_refused(case: Case, parts: dict[str, object], code: str) -> None:
    clinic, episode = case
    event = AdverseEvent(episode_id=episode.id or 0, happened_on=date(2026, 3, 1), what="Dizzy")
    with pytest.raises(InputError, match=code.replace(".", r"\.")):
        screening.report_event(clinic, replace(event, **parts))  # type: ignore[arg-type]  # fields of an event


def test_a_yes_stands_in_the_header_and_what_was_done_in_the_history(case: Case) -> None:
    clinic, episode = case
    say(case, "pregnancy")
    say(case, "compression_fracture", YES, Site("L1"))
    label = clinic.reference.screening_items["compression_fracture"].label
    assert patient_header(clinic, episode.patient_id).positive == (
        (f"{label} (L1)", "stop"),
        ("Pregnancy", "precaution"),
    )
    assert "changed the screen" in [row.what for row in history_of(clinic, episode.patient_id)]


def test_a_visit_of_another_day_is_judged_by_what_was_known_then(case: Case, clock: FixedClock) -> None:
    clinic, episode = case
    screened(clinic, episode)
    note = draft(clinic, episode)
    clock.advance(days=1)
    say(case, "fracture_acute", YES, Site("L5"))
    assert needed(clinic, note) == []
    later = draft(clinic, episode, clinic.today())
    assert needed(clinic, later) == ["missing.against_reason"]
    assert load_session(clinic, later.id or 0).service_date == note.service_date + timedelta(days=1)


def test_what_was_done_against_a_contraindication_prints_in_the_progress_report(case: Case) -> None:
    clinic, episode = case
    screened(clinic, episode)
    say(case, "fracture_acute", YES, Site("L5"))
    say(case, "pregnancy")
    note = draft(clinic, episode)
    screening.give_reason(clinic, note.id or 0, 8, "Healed on the film of 1 Mar.")
    data = progress_report_data(clinic, episode.id or 0)
    (line,) = data.against
    assert (line.on, line.number, line.done) == (clinic.today(), 1, "L5 left UPA grade III")
    assert line.stops == clinic.reference.screening_items["fracture_acute"].label
    assert (line.reason, line.who) == ("Healed on the film of 1 Mar.", "J. Rivera, PT, DPT")
    assert data.precaution.endswith("(L5) (stop); Pregnancy (precaution)")
    pdf = render_progress_report(data)
    text = flat(" ".join(pages(pdf))).casefold()
    assert "done against a contraindication" in text
    assert "healed on the film of 1 mar." in text
