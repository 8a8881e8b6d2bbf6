"""A note is signed elsewhere while somebody types into it: nothing is stored in it, and nothing typed is lost."""

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from ptnotes.domain.treatment import NoteState
from ptnotes.services import signing
from ptnotes.services.opening import open_clinic
from ptnotes.services.verification import verify_notes
from ptnotes.services.visits import load_session
from ptnotes.ui.charting.screen import ChartingScreen
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.e2e.window import Driver
from tests.signing import clinic_with_episode, draft

LATE = "Twice a week, then re-test."
pytestmark = pytest.mark.timeout(240)


def test_what_is_typed_after_the_note_was_signed_becomes_an_addendum_also_across_a_lock(
    window: Driver, clinic_path: Path
) -> None:
    clock = FixedClock()
    clinic_path.parent.mkdir(parents=True)
    clinic, episode = clinic_with_episode(clinic_path.parent, clock)
    note = draft(clinic, episode)
    window.shell.enter(clinic)
    window.until(lambda: window.shell.workspace is not None)
    assert window.shell.workspace is not None
    window.shell.workspace.open_draft(episode.patient_id, note.id or 0)
    window.until(lambda: bool(window.shown(QPlainTextEdit, "Plan")))

    other = open_clinic(clinic_path, PASSPHRASE, clock=clock)
    signing.sign_note(other, note.id or 0, note.revision, PASSPHRASE)
    window.type_into("Plan", LATE)
    window.until(lambda: window.says("This note was signed in the meantime"))
    offered = window.find(QPlainTextEdit, "What is added")
    assert offered.toPlainText() == f"Plan: {LATE}"
    assert load_session(other, note.id or 0).note.plan == ""

    window.press("Ctrl+L")
    assert not window.says(LATE)
    window.until(lambda: bool(window.shown(QLineEdit, "Passphrase")))
    window.type_into("Passphrase", PASSPHRASE)
    window.press("Return")
    offered = window.find(QPlainTextEdit, "What is added")
    assert offered.toPlainText() == f"Plan: {LATE}"

    QTest.keyClicks(window.find(QLineEdit, "Your passphrase"), PASSPHRASE)
    window.click("Sign the addendum")
    window.until(lambda: window.says("Signed electronically by J. Rivera, PT, DPT"))
    window.until(lambda: window.says(f"Plan: {LATE}"))
    told = signing.signed_note(other, note.id or 0)
    assert told is not None
    assert [one.text for one in told.addenda] == [f"Plan: {LATE}"]
    stored = load_session(other, note.id or 0)
    assert (stored.state, stored.note.plan) == (NoteState.SIGNED, "")
    assert verify_notes(other).problems == ()
    assert window.screen(ChartingScreen).unsaved_problem() == ""
    other.close()
