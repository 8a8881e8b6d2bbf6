"""The first start and the door: what is asked, what is refused, and how the file opens."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path
from ptnotes.domain.errors import PtNotesError
from ptnotes.domain.people import Paper
from ptnotes.services.opening import OpenClinic, recover_clinic
from ptnotes.services.passphrase import passphrase_strength, require_strong
from ptnotes.services.people import people
from ptnotes.services.settings import clinic_details
from ptnotes.ui.first_start.first_start import FirstStart
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.people.recovery_paper import RecoveryPaper
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.unlock.unlock import Unlock
from ptnotes.ui.widgets.logo_picker import LogoPicker, is_picture, read_picture
from tests.clinics import PASSPHRASE, template

OTHER = "three slow tin whistles"


def picture(side: int = 8, kind: str = "PNG") -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, QByteArray(kind.encode())).write(image)
    return bytes(buffer.data().data())


@pytest.fixture
def first_start(tasks: Tasks, theme: Theme, tmp_path: Path, qtbot: QtBot) -> FirstStart:
    made = FirstStart(tmp_path / "clinic.ptnotes", tasks)
    qtbot.addWidget(made)
    return made


def fill(form: FirstStart, passphrase: str = PASSPHRASE) -> None:
    form.line("clinic.name").setText("  Harbour  Street (made up) ")
    form.line("clinic.telephone").setText("555-0142")
    form.line("person.name").setText("J. Rivera")
    form.line("person.credentials").setText("PT, DPT")
    form.passphrase.first.setText(passphrase)
    form.passphrase.again.setText(passphrase)


def test_a_clinic_is_created_as_it_was_typed(first_start: FirstStart, qtbot: QtBot) -> None:
    fill(first_start)
    first_start.paper.setCurrentIndex(first_start.paper.findData(Paper.A4))
    first_start.logo.show_logo(picture())
    first_start._create()
    qtbot.waitUntil(lambda: first_start.findChild(RecoveryPaper) is not None)
    paper = first_start.findChild(RecoveryPaper)
    assert paper is not None
    key = paper.key.text().replace("\n", " ").replace(" ", "-")
    paper.last.setText("wrong")
    paper.button.click()
    assert "not the last five letters" in paper.field.fault
    paper.last.setText(key[-5:].lower())
    with qtbot.waitSignal(first_start.clinic_created) as created:
        paper.button.click()
    assert paper.key.text() == ""
    clinic: OpenClinic = created.args[0]
    details = clinic_details(clinic)
    assert (details.name, details.telephone, details.paper) == (
        "Harbour Street (made up)",
        "555-0142",
        Paper.A4,
    )
    assert details.logo == picture()
    assert [person.signature for person in people(clinic)] == ["J. Rivera, PT, DPT"]
    assert first_start.passphrase.passphrase == ""
    clinic.close()
    recover_clinic(clinic.path, key, "J. Rivera", OTHER, kdf=Kdf()).close()


def test_faults_stand_beside_their_fields_and_nothing_is_created(first_start: FirstStart) -> None:
    fill(first_start)
    first_start.line("clinic.name").setText("   ")
    first_start.line("person.name").setText("x" * 201)
    first_start.passphrase.again.setText("something else")
    first_start._create()
    assert first_start.fields["clinic.name"].fault == "This cannot be empty."
    assert "201 characters" in first_start.fields["person.name"].fault
    assert "differ" in first_start.passphrase.again_field.fault
    assert first_start.create_button.isEnabled()
    assert not first_start._path.exists()


@pytest.mark.parametrize("typed", ["", "short", "passwordpassword", "Harbour Street"])
def test_a_weak_passphrase_is_refused(first_start: FirstStart, typed: str, qtbot: QtBot) -> None:
    fill(first_start, typed)
    first_start._create()
    qtbot.waitUntil(lambda: bool(first_start.passphrase.first_field.fault))
    qtbot.waitUntil(first_start.create_button.isEnabled)
    assert not first_start._path.exists()


def test_the_strength_is_shown_while_one_types(first_start: FirstStart, qtbot: QtBot) -> None:
    with qtbot.waitSignal(first_start.passphrase.strength_known):
        first_start.passphrase.first.setText("aaaaaaaaaaaaaaa")
    assert "too easy to guess" in first_start.passphrase.words.text()
    with qtbot.waitSignal(first_start.passphrase.strength_known):
        first_start.passphrase.first.setText(PASSPHRASE)
    assert "very strong" in first_start.passphrase.words.text()
    assert first_start.passphrase.bar.value() == 5


def test_what_losing_passphrase_and_recovery_key_means_is_said_plainly(first_start: FirstStart) -> None:
    said = [label.text() for label in first_start.findChildren(QLabel)]
    assert any("Whoever loses both loses the data" in words for words in said)


def test_the_names_typed_make_a_passphrase_of_them_weak() -> None:
    words = ("Harbour Street Physical Therapy", "J. Rivera")
    assert passphrase_strength("Harbour Street Physical Therapy", words).fault is not None
    assert passphrase_strength(PASSPHRASE, words).fault is None
    require_strong(PASSPHRASE, words)


def test_a_logo_is_a_picture_of_reasonable_size(tmp_path: Path) -> None:
    good, bad, huge = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"
    good.write_bytes(picture(kind="JPG"))
    bad.write_bytes(b"<svg onload=alert(1)>")
    huge.write_bytes(picture() + bytes(1_000_001))
    assert read_picture(good) == picture(kind="JPG")
    for path in (bad, huge, tmp_path / "none.png"):
        with pytest.raises(PtNotesError) as raised:
            read_picture(path)
        assert len(sentence_for(raised.value)) > 10
    assert not is_picture(picture(side=4001))


def test_a_logo_that_cannot_be_read_is_said_beside_it(
    tasks: Tasks, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> None:
    wrong = tmp_path / "letter.png"
    wrong.write_bytes(b"Dear colleague")
    picker = LogoPicker(tasks, ask=lambda _parent: wrong)
    qtbot.addWidget(picker)
    picker._choose()
    qtbot.waitUntil(lambda: "could not be read" in picker.problem.text())
    assert picker.logo is None


@pytest.fixture
def door(tasks: Tasks, theme: Theme, tmp_path: Path, qtbot: QtBot) -> Unlock:
    made = Unlock(template().copy_to(tmp_path), tasks, theme)
    qtbot.addWidget(made)
    return made


def test_the_right_passphrase_opens_the_file(door: Unlock, qtbot: QtBot) -> None:
    door.look_for_people()
    door.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(door.clinic_opened) as opened:
        QTest.keyClick(door.passphrase, Qt.Key.Key_Return)
    assert opened.args[0].person.name == "J. Rivera"
    assert door.passphrase.text() == ""
    assert door.person_field.isHidden()
    opened.args[0].close()


def test_a_wrong_passphrase_says_so_and_can_be_typed_again(door: Unlock, qtbot: QtBot) -> None:
    door.passphrase.setText("nine purple herons fly")
    QTest.mouseClick(door.button, Qt.MouseButton.LeftButton)
    assert not door.button.isEnabled()
    qtbot.waitUntil(lambda: bool(door.field.fault))
    assert door.field.fault == "Wrong person or passphrase. Nothing was opened."
    assert door.button.isEnabled()
    assert not door.passphrase.isReadOnly()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _keys_gone(path: Path) -> None:
    key_path(path).unlink()


def _not_ours(path: Path) -> None:
    path.write_bytes(os.urandom(40_000))


def _plain(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(8192))


def _keys_damaged(path: Path) -> None:
    key_path(path).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_cut, "cut short"),
        (_keys_gone, "is missing"),
        (_not_ours, "clinic.ptnotes"),
        (_plain, "not a PT Notes file"),
        (_keys_damaged, "damaged"),
    ],
)
def test_each_kind_of_bad_file_gets_its_own_sentence(
    door: Unlock, harm: object, words: str, qtbot: QtBot
) -> None:
    assert callable(harm)
    harm(door._path)
    door.passphrase.setText(PASSPHRASE)
    door._open()
    qtbot.waitUntil(lambda: bool(door.field.fault))
    assert words in door.field.fault


def test_a_missing_key_file_is_said_before_anything_is_typed(door: Unlock, qtbot: QtBot) -> None:
    _keys_gone(door._path)
    door.look_for_people()
    qtbot.waitUntil(lambda: "key file" in door.field.fault)


def test_caps_lock_is_pointed_out(door: Unlock) -> None:
    def press(letter: str, modifier: Qt.KeyboardModifier) -> str:
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, modifier, letter)
        QApplication.sendEvent(door.passphrase, event)
        return door.field.message.text()

    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    assert press("a", none) == ""
    assert press("A", shift) == ""
    assert press("A", none) == "Caps Lock is on."
    assert press("a", none) == ""
    assert press("a", shift) == "Caps Lock is on."


def test_a_choice_of_people_is_given_only_where_there_are_several(door: Unlock) -> None:
    door._show_people(("J. Rivera",))
    assert door.person_field.isHidden()
    door._show_people(("J. Rivera", "A. Okafor"))
    assert not door.person_field.isHidden()
