"""What was given out is looked at again byte for byte, and logged as sent; what a file is saved with besides."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from ptnotes.domain.documents import DocumentKind
from ptnotes.domain.people import Role
from ptnotes.domain.wording import full_date
from ptnotes.services.documents import MadeDocument, documents_of, give_out
from ptnotes.services.history import disclosures_of
from ptnotes.services.opening import OpenClinic
from ptnotes.services.reporting import ReportChoices, prepare_report
from ptnotes.ui.documents.documents_screen import DocumentsScreen
from ptnotes.ui.documents.kind_list import GIVEN_OUT
from ptnotes.ui.documents.letter_form import LetterForm
from ptnotes.ui.lock import empty_passphrases
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from tests.ui.documents import (
    EMPTY,
    FULL,
    Answer,
    answer,
    clinic,
    episode_of,
    open_report,
    report,
    screen,
    shown,
    text,
)
from tests.ui.held import held_up

__all__ = ["answer", "clinic", "open_report", "screen"]
PASSWORD = "seven copper lanterns"


@pytest.fixture
def kept(clinic: OpenClinic) -> tuple[MadeDocument, MadeDocument]:
    """Give a draft that was given out, and a report after it."""
    made = prepare_report(clinic, episode_of(clinic, FULL), ReportChoices())
    give_out(clinic, made, list)
    signed = replace(made, draft=(), pdf=made.pdf + b"\n% signed")
    give_out(clinic, signed, list)
    return made, signed


def save(screen: DocumentsScreen, qtbot: QtBot) -> None:
    screen.foot.tell("small", "")
    screen.save_as()
    qtbot.waitUntil(lambda: screen.foot.state.text().startswith("Saved as "))


def given_out(screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot) -> MadeDocument:
    screen.kinds.choose(GIVEN_OUT)
    screen.show_episode(1, episode_of(clinic, FULL))
    return shown(screen, qtbot)


def test_the_list_tells_the_time_that_stands_in_the_document(
    screen: DocumentsScreen, clinic: OpenClinic, kept: tuple[MadeDocument, MadeDocument], qtbot: QtBot
) -> None:
    given_out(screen, clinic, qtbot)
    made_at = kept[1].made_at
    assert made_at.utcoffset()
    assert f"{full_date(made_at.date())}, {made_at:%H:%M}" in screen.kept.list.item(0).text()


@pytest.mark.parametrize("wide", [250, 330, 700])
def test_no_row_of_the_list_is_cut(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot, wide: int
) -> None:
    made = prepare_report(clinic, episode_of(clinic, FULL), ReportChoices())
    long = "Re-evaluation and updated plan of care of a very long day in November 2026"
    give_out(clinic, replace(made, title=long), list)
    given_out(screen, clinic, qtbot)
    rows = screen.kept.list
    rows.setFixedWidth(wide)
    qtbot.waitUntil(lambda: rows.visualItemRect(rows.item(0)).width() <= rows.viewport().width() <= wide)
    option = QStyleOptionViewItem()
    rows.initViewItemOption(option)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasDisplay
    option.text = rows.item(0).text()
    option.rect = rows.visualItemRect(rows.item(0))
    room = rows.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, rows)
    # What Qt draws keeps a margin of its own within that, on both sides.
    margin = rows.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, option, rows) + 1
    needed = option.fontMetrics.boundingRect(
        QRect(0, 0, room.width() - 2 * margin, 9999), int(Qt.TextFlag.TextWordWrap), option.text
    )
    assert needed.height() <= room.height()


def test_the_newest_is_shown_byte_for_byte_and_another_when_it_is_chosen(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    qtbot: QtBot,
) -> None:
    draft, signed = kept
    assert given_out(screen, clinic, qtbot).pdf == signed.pdf
    rows = [screen.kept.list.item(place).text() for place in range(screen.kept.list.count())]
    assert len(rows) == 2
    newest, oldest = documents_of(clinic, 1)
    assert "not sent" in rows[0]
    assert newest.sha256.hex()[:8] in rows[0]
    assert "J. Rivera" in rows[0]
    assert "DRAFT" not in rows[0]
    assert "DRAFT" in rows[1]
    screen.kept.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: screen.made is not None and screen.made.pdf == draft.pdf)
    assert oldest.is_draft


def test_sending_is_logged_once(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    tasks: Tasks,
    qtbot: QtBot,
) -> None:
    assert kept
    given_out(screen, clinic, qtbot)
    with held_up(tasks, qtbot):
        for _ in range(2):
            QTest.keyClick(screen.kept.send.to_whom, Qt.Key.Key_Return)
    assert len(disclosures_of(clinic, 1)) == 1


def test_a_slow_second_press_logs_no_second_sending(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    tasks: Tasks,
    qtbot: QtBot,
) -> None:
    assert kept
    given_out(screen, clinic, qtbot)
    send = screen.kept.send
    for _ in range(2):
        QTest.mouseClick(send.add, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: tasks.unsaved == 0)
        assert send.state.text() == "Logged as sent to Dr. P. Anand."
    assert not send.fields["disclosure.to_whom"].fault
    assert len(disclosures_of(clinic, 1)) == 1
    send.to_whom.setText("Dr. N. Other")
    QTest.mouseClick(send.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: send.state.text() == "Logged as sent to Dr. N. Other.")
    assert [one.to_whom for one in disclosures_of(clinic, 1)] == ["Dr. N. Other", "Dr. P. Anand"]


def test_sending_is_logged_with_the_documents_own_title_and_to_the_referrer_unless_another_is_typed(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    qtbot: QtBot,
) -> None:
    given_out(screen, clinic, qtbot)
    send = screen.kept.send
    assert send.to_whom.text() == "Dr. P. Anand"
    send.how.setCurrentText("Fax")
    QTest.mouseClick(send.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "sent once" in screen.kept.list.item(0).text())
    (sent,) = disclosures_of(clinic, 1)
    assert (sent.what, sent.to_whom, sent.how, sent.purpose) == (
        documents_of(clinic, 1)[0].title,
        "Dr. P. Anand",
        "Fax",
        "Treatment",
    )
    assert sent.what.startswith("Progress report to ")
    assert send.state.text() == "Logged as sent to Dr. P. Anand."
    assert send.to_whom.text() == ""
    send.how.setCurrentText("Fax")
    send.store()
    field = send.fields["disclosure.to_whom"]
    qtbot.waitUntil(lambda: bool(field.fault))
    assert len(disclosures_of(clinic, 1)) == 1


def test_a_draft_cannot_be_logged_as_sent_and_says_why(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    qtbot: QtBot,
) -> None:
    given_out(screen, clinic, qtbot)
    screen.kept.list.setCurrentRow(1)
    send = screen.kept.send
    assert not send.add.isVisible()
    assert "sign the notes" in send.state.text()
    send.store()
    qtbot.waitUntil(lambda: screen._tasks.unsaved == 0)
    assert disclosures_of(clinic, 1) == ()


def test_what_was_given_out_is_saved_again_as_the_same_document(
    screen: DocumentsScreen,
    clinic: OpenClinic,
    kept: tuple[MadeDocument, MadeDocument],
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    _, signed = kept
    given_out(screen, clinic, qtbot)
    answer.path = tmp_path / "again.pdf"
    save(screen, qtbot)
    assert answer.path.read_bytes() == signed.pdf
    assert len(documents_of(clinic, 1)) == 2


def test_where_nothing_was_given_out_it_says_so(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    screen.kinds.choose(GIVEN_OUT)
    screen.show_episode(2, episode_of(clinic, EMPTY))
    qtbot.waitUntil(lambda: "Nothing was given out yet" in screen.kept.nothing.text())
    assert not screen.foot.save.isEnabled()
    assert not screen.kept.send.isVisible()


def test_a_document_that_left_offers_to_be_logged_and_a_draft_does_not(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    clinic: OpenClinic,
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report()
    answer.path = tmp_path / "draft.pdf"
    save(screen, qtbot)
    assert not screen.foot.log.isVisible()
    screen.kinds.choose_kind(DocumentKind.FACE_SHEET)
    made = shown(screen, qtbot)
    assert not made.draft
    answer.path = tmp_path / "face.pdf"
    save(screen, qtbot)
    qtbot.waitUntil(screen.foot.log.isVisible)
    QTest.mouseClick(screen.foot.log, Qt.MouseButton.LeftButton)
    assert screen.kinds.place == GIVEN_OUT
    assert shown(screen, qtbot).pdf == made.pdf
    assert screen.kept.current is not None
    assert screen.kept.current.kind is DocumentKind.FACE_SHEET


def test_a_password_is_asked_for_only_when_it_is_chosen_and_let_go_after_saving(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report()
    finish = screen.finish
    assert not finish.field.isVisible()
    finish.locks.click()
    answer.path = tmp_path / "locked.pdf"
    screen.save_as()
    qtbot.waitUntil(lambda: bool(finish.field.fault))
    assert not answer.path.exists()
    QTest.keyClicks(finish.password, PASSWORD)
    assert finish.field.fault == ""
    save(screen, qtbot)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(answer.path)
    pikepdf.open(answer.path, password=PASSWORD).close()
    assert not finish.locks.isChecked()
    assert finish.password.text() == ""


def test_a_typed_password_does_not_outlive_its_document_or_the_lock(
    screen: DocumentsScreen, open_report: Callable[[], None]
) -> None:
    open_report()
    finish = screen.finish
    finish.locks.click()
    QTest.keyClicks(finish.password, PASSWORD)
    finish.shows.click()
    assert finish.password.echoMode() is QLineEdit.EchoMode.Normal
    empty_passphrases(screen)
    assert finish.password.text() == ""
    finish.password.undo()
    assert finish.password.text() == ""
    QTest.keyClicks(finish.password, PASSWORD)
    screen.kinds.choose_kind(DocumentKind.FACE_SHEET)
    assert finish.password.text() == ""
    assert finish.password.echoMode() is QLineEdit.EchoMode.Password
    assert not finish.locks.isChecked()
    finish.locks.click()
    finish.shows.click()
    finish.password.undo()
    assert finish.password.text() == ""


def test_the_data_for_other_programs_are_put_inside_and_kept_with_it(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    clinic: OpenClinic,
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report()
    screen.finish.attaches.click()
    answer.path = tmp_path / "with data.pdf"
    save(screen, qtbot)
    content = answer.path.read_bytes()
    with pikepdf.open(BytesIO(content)) as document:
        assert list(document.attachments) == ["record-fhir-r4.json"]
    (kept,) = documents_of(clinic, 1)
    assert kept.size_bytes == len(content)
    screen.kinds.choose(GIVEN_OUT)
    assert not screen.finish.attaches.isVisible()


def letter(screen: DocumentsScreen, clinic: OpenClinic) -> LetterForm:
    screen.kinds.choose_kind(DocumentKind.LETTER)
    screen.show_episode(1, episode_of(clinic, FULL))
    form = screen.form
    assert isinstance(form, LetterForm)
    return form


def test_a_letter_is_filled_from_a_template_gone_over_and_brought_back(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    form = letter(screen, clinic)
    qtbot.waitUntil(lambda: form.template.count() > 1)
    assert screen.preview.empty.title.text() == "No letter yet"
    form.text.setPlainText("Typed before.")
    place = form.template.findText("Note for work or school")
    form.template.setCurrentIndex(place)
    form.template.activated.emit(place)
    qtbot.waitUntil(lambda: "Typed before." not in form.text.toPlainText())
    qtbot.waitUntil(lambda: screen.made is not None and bool(screen.made.draft))
    assert any(lack.code == "lack.letter_blank" for lack in screen.preview.lacks.lacks)
    assert "left" in form.next_blank.text()
    form.go_to_blank()
    marked = form.text.textCursor().selectedText()
    assert marked[0] + marked[-1] == "‹›"
    QTest.keyClicks(form.text, "Monday")
    made = shown(screen, qtbot)
    assert "Monday" in text(made.pdf)
    for _ in range(40):
        if form.text.toPlainText() == "Typed before.":
            break
        form.text.undo()
    assert form.text.toPlainText() == "Typed before."


def test_a_kind_that_is_not_this_persons_is_shown_as_such(
    clinic: OpenClinic, tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    person = replace(clinic.person, role=Role.ASSISTANT, granted=frozenset())
    made = DocumentsScreen(replace(clinic, person=person), tasks, theme)
    qtbot.addWidget(made)
    made.show()
    made.show_episode(1, episode_of(clinic, FULL))
    qtbot.waitUntil(lambda: made.preview.empty.title.text() == "Not for your role")
    assert made.form is not None
    assert not made.form.isVisible()
    button = made.kinds._group.button(0)
    assert button.accessibleDescription() == "Not for your role"
    made.kinds.choose_kind(DocumentKind.SESSION_NOTE)
    shown(made, qtbot)
    assert not made.foot.save.isEnabled()
    assert not made.foot.print.isEnabled()
    assert "take records out of the program" in made.foot.state.text()


def test_every_control_of_every_kind_has_a_name(screen: DocumentsScreen) -> None:
    for form in screen.forms:
        for field in form.fields.values():
            assert field.editor.accessibleName()
    for field in (*screen.kept.send.fields.values(), screen.finish.field):
        assert field.editor.accessibleName()


def test_words_that_are_in_no_document_yet_keep_the_window_until_they_are(
    screen: DocumentsScreen,
    open_report: Callable[[], None],
    clinic: OpenClinic,
    answer: Answer,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    open_report()
    assert screen.unsaved_problem() == ""
    form = report(screen)
    QTest.keyClicks(form.conclusion.headline, " so far")
    assert "saved or printed" in screen.unsaved_problem()
    screen.show_episode(2, episode_of(clinic, EMPTY))
    assert screen.unsaved_problem() != ""
    screen.show_episode(1, episode_of(clinic, FULL))
    shown(screen, qtbot)
    answer.path = tmp_path / "report.pdf"
    save(screen, qtbot)
    assert screen.unsaved_problem() == ""
    QTest.keyClicks(form.conclusion.headline, " again")
    assert screen.unsaved_problem() != ""
    form.conclusion.redraft.click()
    assert screen.unsaved_problem() == ""


def test_a_letter_as_its_template_gave_it_is_nothing_that_was_typed(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    form = letter(screen, clinic)
    qtbot.waitUntil(lambda: form.template.count() > 1)
    form.template.setCurrentIndex(1)
    form.template.activated.emit(1)
    shown(screen, qtbot)
    assert screen.unsaved_problem() == ""
    form.text.appendPlainText("Mine.")
    assert screen.unsaved_problem() != ""


def test_the_face_sheet_needs_no_episode(screen: DocumentsScreen, qtbot: QtBot) -> None:
    screen.kinds.choose_kind(DocumentKind.FACE_SHEET)
    screen.show_episode(2, None)
    made = shown(screen, qtbot)
    assert (made.kind, made.patient_id) == (DocumentKind.FACE_SHEET, 2)


def test_a_letter_of_the_alphabet_that_no_font_has_is_named_and_nothing_is_made(
    screen: DocumentsScreen, clinic: OpenClinic, qtbot: QtBot
) -> None:
    form = letter(screen, clinic)
    shown_nothing = screen.preview.empty.title
    qtbot.waitUntil(lambda: shown_nothing.text() == "No letter yet")
    form.text.setPlainText("\N{ETHIOPIC SYLLABLE HA}")
    qtbot.waitUntil(lambda: "no font here has" in screen.foot.state.text())
    assert "ETHIOPIC" in screen.foot.state.text().upper()
    assert not screen.foot.save.isEnabled()
    form.text.setPlainText("Plain words.")
    shown(screen, qtbot)
    assert screen.foot.save.isEnabled()
