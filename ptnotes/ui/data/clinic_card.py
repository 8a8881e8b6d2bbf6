"""Taking the whole clinic out: as one archive, encrypted by default, or as CSV files."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout, QWidget

from ptnotes.domain.permissions import Act
from ptnotes.domain.wording import how_many
from ptnotes.services.export_archive import Archive, export_archive
from ptnotes.services.export_csv import Exported, export_csv
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.backup.schedule import breakable
from ptnotes.ui.data.asking import AskPath, Wanted, ask_for_new_folder, ask_where_to_save
from ptnotes.ui.data.key_paper import KeyPaper
from ptnotes.ui.data.patient_card import cannot
from ptnotes.ui.data.running import RunningLine
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.signing.passphrase_line import PassphraseLine
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import Label, LabelType


class Form(StrEnum):
    """In which form the clinic leaves."""

    ENCRYPTED = "encrypted"
    ARCHIVE = "archive"
    CSV = "csv"


_ARCHIVE = (
    "Every table as CSV, a FHIR bundle a patient, and the documents. 7-Zip or WinZip opens it with a key, "
    "which is shown once when the archive is made."
)
_FORMS = (
    (Form.ENCRYPTED, "One encrypted archive (ZIP)", _ARCHIVE),
    (Form.ARCHIVE, "The same archive, not encrypted", ""),
    (Form.CSV, "CSV files in a new folder, not encrypted", "With a dictionary of every column."),
)
_READABLE = (
    "Anybody who gets hold of these files can read every record of every patient. Keep them accordingly."
)
_NOT_WRITTEN = "The key of the new archive is not written down yet. Nobody can open the archive without it."


class ClinicCard(Card):
    """Chooses a form and a place, asks for the passphrase again, and writes with progress and Cancel."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_file: AskPath = ask_where_to_save,
        ask_folder: AskPath = ask_for_new_folder,
    ) -> None:
        super().__init__("The whole clinic", "everything of one moment, while people work on", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._ask_file = ask_file
        self._ask_folder = ask_folder
        self._path: Path | None = None
        self._replaces = False
        self.may = all(allows(clinic, act) for act in (Act.EXPORT_CLINIC, Act.EXPORT, Act.VIEW_NOTES))
        self.form = QWidget(self)
        self.forms = QButtonGroup(self)
        self.choose = QPushButton("Choose where…", self)
        self.place = Label("", "muted", wraps=True)
        self.caution = Label(_READABLE, "warning", wraps=True)
        self.passphrase = PassphraseLine(theme)
        self.passphrase.cancel.hide()
        self.running = RunningLine(theme, self)
        self.key = KeyPaper(tasks, theme, self)
        self.state = Label("", wraps=True, parent=self)
        self.state.hide()
        self._fill_form(theme)
        if not self.may:
            words = cannot(Act.EXPORT_CLINIC, Act.EXPORT, Act.VIEW_NOTES)
            self.body.addWidget(Label(words, "muted", wraps=True))
        for widget in (self.form, self.running, self.state, self.key):
            self.body.addWidget(widget)
        self.form.setVisible(self.may)
        self.forms.buttonClicked.connect(self._form_chosen)
        self.choose.clicked.connect(self._choose)
        self.passphrase.given.connect(self._begin)
        self.key.written_down.connect(self._offer_again)
        self._offer()

    def _fill_form(self, theme: Theme) -> None:
        column = QVBoxLayout(self.form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(3))
        for number, (form, words, more) in enumerate(_FORMS):
            button = QRadioButton(words)
            button.setProperty("form", form)
            button.setAccessibleDescription(more)
            button.setChecked(number == 0)
            self.forms.addButton(button, number)
            column.addWidget(button)
            if more:
                below = Label(more, "small", wraps=True)
                below.setIndent(theme.px(26))
                column.addWidget(below)
        row = QHBoxLayout()
        row.setSpacing(theme.space(4))
        row.addWidget(self.choose)
        row.addWidget(self.place, 1)
        column.addWidget(self.caution)
        column.addLayout(row)
        column.addWidget(self.passphrase)

    @property
    def chosen(self) -> Form:
        """The form that is chosen."""
        return _FORMS[self.forms.checkedId()][0]

    def unsaved_problem(self) -> str:
        """Why the window should not be left: the key of an archive would be lost."""
        return _NOT_WRITTEN if self.key.has_key else ""

    def _form_chosen(self) -> None:
        self._path = None
        self._offer()

    def _choose(self) -> None:
        day = self._clinic.today().isoformat()
        name = self._clinic.path.stem
        if self.chosen is Form.CSV:
            wanted = Wanted("A folder for the new folder", f"{name}-csv-{day}")
            path = self._ask_folder(self, wanted)
        else:
            wanted = Wanted("Where the archive goes", f"{name}-{day}.zip", "Archive (*.zip)", "zip")
            path = self._ask_file(self, wanted)
        if path is None:
            return
        self._path = path
        # The dialog has asked whether what is there may go; something that comes there later may not.
        self._replaces = path.exists()
        self._offer()
        self.passphrase.field.setFocus()

    def _offer(self) -> None:
        self.caution.setVisible(self.chosen is not Form.ENCRYPTED)
        self.place.setText("" if self._path is None else breakable(str(self._path)))
        words = "Write the CSV files" if self.chosen is Form.CSV else "Write the archive"
        self.passphrase.offer(words, ready=self._path is not None and not self.running.is_running)

    def _begin(self, passphrase: str) -> None:
        if self._path is None:
            return
        self._say("", "muted")
        if self.chosen is Form.CSV:
            course = self.running.begin("Writing CSV files", "files")
            csv = partial(
                export_csv, self._clinic, self._path, passphrase, progress=course.tell, stop=course.stop
            )
            self._tasks.read(csv, partial(self._csv_made, self._path), self._refused)
        else:
            course = self.running.begin("Writing the archive", "patients")
            archive = partial(
                export_archive, self._clinic, self._path, passphrase,
                is_encrypted=self.chosen is Form.ENCRYPTED, replace=self._replaces,
                progress=course.tell, stop=course.stop,
            )  # fmt: skip
            self._tasks.read(archive, self._archive_made, self._refused)
        self.form.hide()

    def _csv_made(self, path: Path, done: Exported) -> None:
        self._ended()
        self._offer_again()
        self._say(
            f"{how_many(done.patients, 'patient')} in {how_many(done.files, 'file')}, in {breakable(str(path))}. "
            "Not encrypted.",
            "ok",
        )

    def _archive_made(self, made: Archive) -> None:
        self._ended()
        if made.key:
            self.key.show_key(made.key, made.path.name)
            self._say(
                f"{how_many(made.patients, 'patient')} in {breakable(str(made.path))}, encrypted.", "ok"
            )
        else:
            self._offer_again()
            self._say(
                f"{how_many(made.patients, 'patient')} in {breakable(str(made.path))}. Not encrypted.", "ok"
            )

    def _offer_again(self) -> None:
        self.form.show()
        self.choose.setFocus()

    def _refused(self, error: Exception) -> None:
        path = self._path
        self._ended()
        self._path = path
        self.form.show()
        self._offer()
        self._say(sentence_for(error), "fault")
        self.passphrase.field.setFocus()

    def _ended(self) -> None:
        self.running.end()
        self._path = None
        self._offer()

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))
