"""Letters and their templates from the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ptnotes.domain.audit import Disclosure
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.errors import InputError, NotFoundError, StaleError
from ptnotes.domain.letters import PLACES, LetterChoices, LetterTemplate
from ptnotes.domain.people import Paper
from ptnotes.domain.treatment import Note, VisitStatus
from ptnotes.services.case import gather
from ptnotes.services.documents import give_out, log_sent
from ptnotes.services.episodes import change_episode
from ptnotes.services.history import clinic_history
from ptnotes.services.letter_values import letter_values
from ptnotes.services.letters import (
    archive_template,
    filled,
    letter_templates,
    prepare_letter,
    restore_template,
    save_template,
    shipped_templates,
)
from ptnotes.services.opening import OpenClinic
from ptnotes.services.signing import sign_note
from ptnotes.services.visits import record_absence, save_draft, start_session
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.reports.cases import flat, pages
from tests.signing import clinic_with_episode, passphrases_remembered, screened, whole

OWN = LetterTemplate(
    name="To the coach", subject="About {patient.name}", text="Dear {referrer},\n\n{conclusion}"
)
LETTER = LetterChoices(to="Dr. P. Anand", subject="A question", text="May she lift?")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[OpenClinic, EpisodeOfCare]]:
    clinic, episode = clinic_with_episode(tmp_path, FixedClock())
    referred = replace(episode, referrer="Dr. P. Anand", referrer_practice="Harbour Family Medicine")
    yield clinic, change_episode(clinic, referred)
    clinic.close()


def _charted(clinic: OpenClinic, episode: EpisodeOfCare) -> int:
    made = whole(start_session(clinic, episode.id or 0))
    note = Note(subjective="Slept through.", assessment="Settles.", plan="Twice more, then stop.")
    return save_draft(clinic, replace(made, note=note)).id or 0


def test_a_template_is_added_changed_put_away_and_brought_back(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, _ = scene
    added = save_template(clinic, OWN)
    assert added.id is not None
    assert added.uuid
    changed = save_template(clinic, replace(added, name="To the trainer"))
    assert changed in letter_templates(clinic)
    assert added not in letter_templates(clinic)
    gone = archive_template(clinic, changed)
    assert "To the trainer" not in {one.name for one in letter_templates(clinic)}
    back = restore_template(clinic, gone)
    assert back in letter_templates(clinic)
    with pytest.raises(StaleError):
        save_template(clinic, changed)
    with pytest.raises(NotFoundError, match=r"letter\.not_found"):
        save_template(clinic, replace(back, id=99, uuid="another", name="Another"))
    told = [row for row in clinic_history(clinic) if row.what.endswith(": letters")]
    assert len(told) == 4


def test_a_shipped_template_becomes_the_clinics_when_it_is_changed(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, _ = scene
    shipped = shipped_templates()[0]
    saved = save_template(clinic, replace(shipped, text="Thank you, {referrer}."))
    listed = [one for one in letter_templates(clinic) if one.uuid == shipped.uuid]
    assert listed == [saved]
    assert not saved.shipped
    assert len(letter_templates(clinic)) == len(shipped_templates())


def test_a_shipped_template_that_is_put_away_is_gone_until_it_is_brought_back(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, _ = scene
    shipped = shipped_templates()[0]
    gone = archive_template(clinic, shipped)
    assert shipped.uuid not in {one.uuid for one in letter_templates(clinic)}
    restore_template(clinic, gone)
    assert shipped.uuid in {one.uuid for one in letter_templates(clinic)}


def test_a_shipped_template_that_somebody_else_replaced_meanwhile_is_stale(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, _ = scene
    shipped = shipped_templates()[0]
    save_template(clinic, replace(shipped, text="Thank you."))
    for again in (save_template, archive_template):
        with pytest.raises(StaleError):
            again(clinic, shipped)


def test_two_templates_do_not_share_a_name(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, _ = scene
    with pytest.raises(InputError, match=r"letter\.name_taken"):
        save_template(clinic, replace(OWN, name=shipped_templates()[0].name.upper()))
    gone = archive_template(clinic, save_template(clinic, OWN))
    save_template(clinic, OWN)
    with pytest.raises(InputError, match=r"letter\.name_taken"):
        restore_template(clinic, gone)


def test_a_template_is_filled_with_what_is_known(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    letter = filled(clinic, episode.id or 0, OWN)
    assert letter.to == "Dr. P. Anand\nHarbour Family Medicine"
    assert letter.subject == "About Hélène Moreau"
    # Nothing was measured yet, so that nothing is concluded.
    assert letter.text == "Dear Dr. P. Anand,\n\n‹conclusion›"
    _charted(clinic, episode)
    assert "‹" not in filled(clinic, episode.id or 0, OWN).text


def test_a_letter_goes_to_whom_its_first_line_names(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    to_patient = filled(clinic, episode.id or 0, replace(OWN, text="Dear {patient.name},"))
    assert to_patient.to == "Hélène Moreau"
    nobody = filled(clinic, episode.id or 0, replace(OWN, text="To whom it may concern,\n{referrer}"))
    assert not nobody.to


def test_every_place_has_words_where_all_is_charted(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    _charted(clinic, episode)
    values = letter_values(clinic.reference, gather(clinic, episode.id or 0, clinic.today()))
    assert set(values) == set(PLACES)
    assert values["visits.attended"] == "1 visit"
    assert values["visits.missed"] == "0 visits"
    assert values["visits.missed_on"] == ""
    assert values["plan"] == "Twice more, then stop."
    assert "Lumbar flexion: 45°" in " ".join(values["measures"].split("("))


def test_what_is_known_of_a_bare_episode_is_a_part_of_the_places(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    values = letter_values(clinic.reference, gather(clinic, episode.id or 0, clinic.today()))
    assert set(values) < set(PLACES)
    assert "conclusion" not in values
    assert "visit.first" not in values


def test_cancelled_and_missed_visits_are_told_apart(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    for day, status in ((20, VisitStatus.MISSED), (24, VisitStatus.CANCELLED)):
        record_absence(clinic, episode.id or 0, date(2026, 2, day), status, "snow")
    values = letter_values(clinic.reference, gather(clinic, episode.id or 0, clinic.today()))
    assert values["visits.missed_on"] == "20 Feb 2026"
    assert (values["visits.missed"], values["visits.cancelled"]) == ("1 visit", "1 visit")


def test_a_letter_is_printed_on_the_paper_chosen(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    made = prepare_letter(clinic, episode.id or 0, replace(LETTER, paper=Paper.A4))
    assert "May she lift?" in flat(pages(made.pdf)[0])
    assert (made.draft, made.lacks, made.sessions) == ((), (), ())
    assert made.title == "Letter of 2 Mar 2026"


def test_a_letter_with_a_blank_is_a_draft_and_is_not_sent(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    made = prepare_letter(clinic, episode.id or 0, replace(LETTER, text="May she lift ‹weight›?", to=""))
    assert [lack.text for lack in made.lacks] == [
        "Still to be filled in: ‹weight›",
        "The letter says nobody to whom it goes.",
    ]
    assert all("DRAFT" in page for page in pages(made.pdf))
    kept = give_out(clinic, made, list)
    sent = Disclosure(patient_id=episode.patient_id, what="", to_whom="Dr. A", how="", purpose="")
    with pytest.raises(InputError, match=r"document\.draft"):
        log_sent(clinic, kept, sent)


def test_a_letter_that_repeats_an_unsigned_note_is_a_draft_until_it_is_signed(
    scene: tuple[OpenClinic, EpisodeOfCare],
) -> None:
    clinic, episode = scene
    screened(clinic, episode)
    session_id = _charted(clinic, episode)
    quoting = replace(LETTER, text="What comes next: Twice more, then stop.")
    assert prepare_letter(clinic, episode.id or 0, LETTER).draft == ()
    made = prepare_letter(clinic, episode.id or 0, quoting)
    assert made.draft == ("1 note not signed yet.",)
    assert [session for session, _ in made.sessions] == [session_id]
    with passphrases_remembered():
        sign_note(clinic, session_id, made.sessions[0][1], PASSPHRASE)
    assert prepare_letter(clinic, episode.id or 0, quoting).draft == ()


def test_a_letter_without_a_text_is_refused(scene: tuple[OpenClinic, EpisodeOfCare]) -> None:
    clinic, episode = scene
    with pytest.raises(InputError, match=r"text\.empty"):
        prepare_letter(clinic, episode.id or 0, replace(LETTER, text=" "))
