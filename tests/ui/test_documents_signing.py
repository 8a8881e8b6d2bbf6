"""A document is signed where it is looked at, by keys alone; what is changed afterwards is another, unsigned."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ptnotes.domain.documents import DocumentKind
from ptnotes.services import signing
from ptnotes.services.documents import MadeDocument, documents_of
from ptnotes.services.opening import OpenClinic
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.kind_list import GIVEN_OUT
from ptnotes.ui.lock import empty_passphrases
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import clinic_with_episode, draft, passphrases_remembered
from tests.ui.documents import Answer, answer, report, screen, shown, text
from tests.ui.held import held_up

__all__ = ["answer", "screen"]
SIGNED = "Signed electronically by J. Rivera, PT, DPT 2 Mar 2026 09:00 EST (UTC-05:00)"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    """A clinic with one patient (1) and one episode (1), whose one note is signed."""
    made, episode = clinic_with_episode(tmp_path, FixedClock())
    with passphrases_remembered():
        note = draft(made, episode)
        signing.sign_note(made, note.id or 0, note.revision, PASSPHRASE)
        yield made
    made.close()


@pytest.fixture
def made(screen: DocumentsScreen, qtbot: QtBot) -> MadeDocument:
    """The report as it is shown at first."""
    screen.show_episode(1, 1)
    return shown(screen, qtbot)


def ask(screen: DocumentsScreen, qtbot: QtBot) -> None:
    """Ask for the signature by its key."""
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(screen.preview.sign.isVisible)


def give(screen: DocumentsScreen, passphrase: str = PASSPHRASE) -> None:
    field = screen.preview.sign.passphrase.field
    QTest.keyClicks(field, passphrase)
    QTest.keyClick(field, Qt.Key.Key_Return)


def signed(screen: DocumentsScreen, qtbot: QtBot) -> MadeDocument:
    """Wait until a signed document is shown, and give it."""
    qtbot.waitUntil(lambda: screen.made is not None and screen.made.signed is not None)
    return shown(screen, qtbot)


def unsigned(screen: DocumentsScreen, qtbot: QtBot) -> MadeDocument:
    """Wait until an unsigned document is shown, and give it."""
    qtbot.waitUntil(lambda: screen.made is not None and screen.made.signed is None)
    return shown(screen, qtbot)


def save(screen: DocumentsScreen, qtbot: QtBot) -> None:
    screen.foot.tell("small", "")
    screen.save_as()
    qtbot.waitUntil(lambda: screen.foot.state.text().startswith("Saved as "))


def test_signed_by_keys_and_saved_it_is_one_document_and_says_so(
    screen: DocumentsScreen,
    made: MadeDocument,
    clinic: OpenClinic,
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    assert not screen.preview.sign.isVisible()
    assert SIGNED not in text(made.pdf)
    ask(screen, qtbot)
    assert screen.preview.sign.passphrase.button.text() == "Sign as J. Rivera, PT, DPT"
    give(screen)
    document = signed(screen, qtbot)
    assert SIGNED in text(document.pdf)
    assert not screen.preview.sign.isVisible()
    assert screen.focusWidget() is screen.foot.save
    assert screen.preview.signed.isVisible()
    assert screen.preview.signed.text().startswith(
        "Signed electronically by J. Rivera, PT, DPT, 2 Mar 2026 09:00"
    )
    assert (screen.foot.sign.isEnabled(), screen.foot.signature.text()) == (False, "Signed 2 Mar 2026 09:00")
    answer.path = tmp_path / "signed.pdf"
    save(screen, qtbot)
    assert answer.path.read_bytes() == document.pdf
    (kept,) = documents_of(clinic, 1)
    assert kept.signed is not None
    assert kept.has_left


def test_a_change_goes_back_to_unsigned_and_the_same_again_is_the_signed_one(
    screen: DocumentsScreen, made: MadeDocument, clinic: OpenClinic, qtbot: QtBot
) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    give(screen)
    document = signed(screen, qtbot)
    conclusion = report(screen).conclusion
    QTest.keyClicks(conclusion.headline, " Typed since.")
    assert screen.made is None
    changed = unsigned(screen, qtbot)
    assert "Typed since." in text(changed.pdf)
    assert SIGNED not in text(changed.pdf)
    assert screen.foot.sign.isEnabled()
    assert not screen.preview.signed.isVisible()
    conclusion.redraft.click()
    assert signed(screen, qtbot).pdf == document.pdf
    assert len(documents_of(clinic, 1)) == 1


def test_words_that_were_signed_wait_no_more(
    screen: DocumentsScreen, made: MadeDocument, qtbot: QtBot
) -> None:
    assert made.signed is None
    QTest.keyClicks(report(screen).conclusion.headline, " Typed.")
    assert screen.unsaved_problem()
    assert "Typed." in text(unsigned(screen, qtbot).pdf)
    ask(screen, qtbot)
    give(screen)
    assert "Typed." in text(signed(screen, qtbot).pdf)
    assert screen.unsaved_problem() == ""


def test_a_wrong_passphrase_is_told_and_another_is_asked_for(
    screen: DocumentsScreen, made: MadeDocument, clinic: OpenClinic, qtbot: QtBot
) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    give(screen, "not the passphrase")
    strip = screen.preview.sign
    qtbot.waitUntil(lambda: "not your passphrase" in strip.fault.text())
    assert documents_of(clinic, 1) == ()
    assert strip.passphrase.field.text() == ""
    assert screen.foot.save.isEnabled()
    give(screen)
    assert signed(screen, qtbot)


def test_asked_twice_at_once_it_is_signed_once_and_does_not_leave_unsigned_meanwhile(
    screen: DocumentsScreen,
    made: MadeDocument,
    clinic: OpenClinic,
    answer: Answer,
    tasks: Tasks,
    qtbot: QtBot,
) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    with held_up(tasks, qtbot):
        give(screen)
        give(screen)
        QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert not screen.foot.save.isEnabled()
        screen.save_as()
        screen.print_out()
    assert answer.offered == ""
    assert signed(screen, qtbot)
    (kept,) = documents_of(clinic, 1)
    assert kept.signed is not None


def test_what_is_typed_while_it_is_signed_is_in_another_document(
    screen: DocumentsScreen, made: MadeDocument, clinic: OpenClinic, tasks: Tasks, qtbot: QtBot
) -> None:
    assert made.signed is None
    said: list[str] = []
    screen.said.connect(said.append)
    ask(screen, qtbot)
    with held_up(tasks, qtbot):
        give(screen)
        QTest.keyClicks(report(screen).conclusion.headline, " Typed since.")
    assert "Typed since." in text(unsigned(screen, qtbot).pdf)
    assert said == ["The document that was shown before is signed, and stands under Given out."]
    assert screen.unsaved_problem()
    (kept,) = documents_of(clinic, 1)
    assert kept.signed is not None


def test_a_record_that_changed_since_is_looked_at_again_first(
    screen: DocumentsScreen, made: MadeDocument, clinic: OpenClinic, qtbot: QtBot
) -> None:
    assert made.signed is None
    said: list[str] = []
    screen.said.connect(said.append)
    signing.void_note(clinic, 1, "Charted for somebody else.", PASSPHRASE)
    ask(screen, qtbot)
    give(screen)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [
        "The record changed since this document was made. It is made anew: look at it, then sign."
    ]
    assert documents_of(clinic, 1) == ()
    qtbot.waitUntil(lambda: screen.preview.empty.title.text() == "No visit in this period")


@pytest.mark.parametrize("width_px", [300, 380, 460, 900])
def test_however_narrow_it_is_the_passphrase_has_room(theme: Theme, qtbot: QtBot, width_px: int) -> None:
    line = PassphraseLine(theme)
    qtbot.addWidget(line)
    line.offer("Sign as J. Rivera, PT, DPT")
    line.setFixedWidth(width_px)
    line.show()
    qtbot.waitUntil(lambda: theme.px(160) <= line.field.width() <= width_px)
    # What stands beside or under it is whole, and on no other.
    qtbot.waitUntil(lambda: line.rect().contains(line.cancel.geometry()))
    assert line.button.width() >= line.button.sizeHint().width()
    assert not line.field.geometry().intersects(line.button.geometry())


def test_why_a_draft_is_not_signed_is_said_beside_the_button(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    screen.kinds.choose_kind(DocumentKind.DISCHARGE_SUMMARY)
    screen.show_episode(1, 1)
    assert shown(screen, qtbot).draft
    assert not screen.foot.sign.isEnabled()
    assert screen.foot.signature.text() == "A draft cannot be signed. The episode is not discharged yet."
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not screen.preview.sign.isVisible()


@pytest.mark.parametrize("kind", [DocumentKind.SESSION_NOTE, DocumentKind.FACE_SHEET])
def test_what_has_no_place_for_a_signature_offers_none(
    screen: DocumentsScreen, qtbot: QtBot, kind: DocumentKind
) -> None:
    screen.kinds.choose_kind(kind)
    screen.show_episode(1, 1)
    # Neither is one offered while the document is made: what stands below does not move.
    assert screen.made is None
    assert not screen.foot.sign.isVisible()
    shown(screen, qtbot)
    assert not screen.foot.sign.isVisible()
    assert not screen.foot.signature.isVisible()


def test_the_list_says_who_signed_and_what_nobody_has_yet(
    screen: DocumentsScreen, made: MadeDocument, answer: Answer, qtbot: QtBot, tmp_path: Path
) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    give(screen)
    document = signed(screen, qtbot)
    rows = screen.kept.list
    screen.kinds.choose(GIVEN_OUT)
    qtbot.waitUntil(lambda: rows.count() == 1)
    assert "\nsigned by J. Rivera, PT, DPT 2 Mar 2026\n" in rows.item(0).text()
    assert rows.item(0).text().endswith("not saved or printed yet")
    assert signed(screen, qtbot).pdf == document.pdf
    assert screen.preview.signed.isVisible()
    assert not screen.foot.sign.isEnabled()
    send = screen.kept.send
    assert not send.add.isVisible()
    assert send.state.text() == "Save or print it first: what never left cannot have been sent."
    answer.path = tmp_path / "again.pdf"
    save(screen, qtbot)
    assert answer.path.read_bytes() == document.pdf
    assert send.add.isVisible()
    assert send.state.text() == ""
    assert rows.item(0).text().endswith("not sent")


def test_the_data_for_other_programs_are_signed_with_it_and_not_put_in_afterwards(
    screen: DocumentsScreen, made: MadeDocument, qtbot: QtBot
) -> None:
    assert made.signed is None
    screen.finish.attaches.click()
    ask(screen, qtbot)
    give(screen)
    with pikepdf.open(BytesIO(signed(screen, qtbot).pdf)) as pdf:
        assert list(pdf.attachments) == ["record-fhir-r4.json"]
    assert not screen.finish.attaches.isVisible()
    assert not screen.finish.attaches.isChecked()
    QTest.keyClicks(report(screen).conclusion.headline, " Typed since.")
    assert screen.finish.attaches.isVisible()


def leave(screen: DocumentsScreen) -> None:
    screen.hide()
    screen.show()


def close(screen: DocumentsScreen) -> None:
    QTest.keyClick(screen.preview.sign.passphrase.field, Qt.Key.Key_Escape)


def change(screen: DocumentsScreen) -> None:
    QTest.keyClicks(report(screen).conclusion.headline, " More.")


@pytest.mark.parametrize("away", [leave, close, change])
def test_what_is_typed_to_sign_with_does_not_outlive_its_question(
    screen: DocumentsScreen, made: MadeDocument, qtbot: QtBot, away: Callable[[DocumentsScreen], None]
) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    field = screen.preview.sign.passphrase.field
    QTest.keyClicks(field, PASSPHRASE)
    away(screen)
    assert field.text() == ""
    assert not screen.preview.sign.isVisible()


def test_the_lock_empties_it(screen: DocumentsScreen, made: MadeDocument, qtbot: QtBot) -> None:
    assert made.signed is None
    ask(screen, qtbot)
    field = screen.preview.sign.passphrase.field
    QTest.keyClicks(field, PASSPHRASE)
    parent: QWidget = screen
    empty_passphrases(parent)
    assert field.text() == ""
