"""Taking one patient out: the whole record as a FHIR bundle."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from ptnotes.domain.patient import PatientRow
from ptnotes.domain.permissions import WORDS, Act
from ptnotes.services.export_fhir import export_fhir
from ptnotes.services.opening import OpenClinic
from ptnotes.services.permit import allows
from ptnotes.ui.data.asking import AskPath, Wanted, ask_where_to_save
from ptnotes.ui.day.add_line import PatientPick, patient_item
from ptnotes.ui.messages import sentence_for
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.theme import Theme
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.field import FieldWithFault
from ptnotes.ui.widgets.labels import Label, LabelType

_WHAT = (
    "The whole record of one patient as a FHIR R4 bundle (JSON), for another program or for the patient. "
    "It is not encrypted: whoever gets the file can read it."
)
_SAVED = (
    "Saved as {name}. It stands in the patient’s history. To whom it went only you know: "
    "write that down under History and disclosures (Ctrl+H)."
)


class PatientCard(Card):
    """Finds a patient, or is given one (`show_patient`), and saves the bundle where the system's dialog says."""

    def __init__(
        self,
        clinic: OpenClinic,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        ask_path: AskPath = ask_where_to_save,
    ) -> None:
        super().__init__("One patient", "FHIR · not encrypted", parent)
        self._clinic = clinic
        self._tasks = tasks
        self._ask_path = ask_path
        self._is_saving = False
        self.may = allows(clinic, Act.EXPORT) and allows(clinic, Act.VIEW_NOTES)
        self.patient = PatientPick(
            clinic, tasks, self, placeholder="Find a patient…", name="Patient to take out"
        )
        self.patient.setMaximumWidth(theme.px(420))
        self.field = FieldWithFault("Patient", self.patient, parent=self)
        self.has_snomed = QCheckBox("With codes of SNOMED CT", self)
        self.has_snomed.setChecked(True)
        self.snomed_words = Label(
            "Whoever receives these codes needs a licence, which is free in the US.", "small", wraps=True
        )
        self.save = QPushButton("Save as FHIR…", self)
        self.save.setProperty("type", "primary")
        self.state = Label("", wraps=True, parent=self)
        self.state.hide()
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addStretch(1)
        if not self.may:
            self.body.addWidget(Label(cannot(Act.EXPORT, Act.VIEW_NOTES), "muted", wraps=True))
        else:
            self.body.addWidget(Label(_WHAT, wraps=True))
        for widget in (self.field, self.has_snomed, self.snomed_words):
            self.body.addWidget(widget)
        self.body.addLayout(row)
        self.body.addWidget(self.state)
        for part in (self.field, self.has_snomed, self.snomed_words, self.save):
            part.setVisible(self.may)
        self.patient.fault_changed.connect(self.field.set_fault)
        self.patient.chosen.connect(self._patient_chosen)
        self.save.clicked.connect(self.save_bundle)
        self._offer()

    def show_patient(self, row: PatientRow) -> None:
        """Offer to save this patient's bundle."""
        self.patient.set_current(patient_item(row))
        self._patient_chosen(str(row.id))
        self.save.setFocus()

    def save_bundle(self) -> None:
        """Ask where, and save the bundle of the patient who is chosen."""
        if not self.patient.settle() or self.patient.current_id is None or self._is_saving:
            return
        number = "".join(letter if letter.isalnum() else "-" for letter in self._mrn())
        name = f"patient-{number}-{self._clinic.today().isoformat()}.json"
        path = self._ask_path(self, Wanted("Save as FHIR", name, "FHIR (*.json)", "json"))
        if path is None:
            return
        self._is_saving = True
        self._offer()
        self._say("Saving…", "muted")
        job = partial(
            export_fhir, self._clinic, int(self.patient.current_id), path,
            replace=path.exists(), has_snomed=self.has_snomed.isChecked(),
        )  # fmt: skip
        self._tasks.read(job, self._saved, self._refused)

    def _mrn(self) -> str:
        return self.patient.detail.rpartition("MRN ")[2]

    def _patient_chosen(self, _patient_id: str) -> None:
        self._say("", "muted")
        self.field.set_hint(self.patient.detail)
        self._offer()

    def _offer(self) -> None:
        self.save.setEnabled(self.patient.current_id is not None and not self._is_saving)

    def _saved(self, path: Path) -> None:
        self._is_saving = False
        self._offer()
        self.save.setFocus()
        self._say(_SAVED.format(name=path.name), "ok")

    def _refused(self, error: Exception) -> None:
        self._is_saving = False
        self._offer()
        self.save.setFocus()
        self._say(sentence_for(error), "fault")

    def _say(self, words: str, kind: LabelType) -> None:
        self.state.set_kind(kind)
        self.state.setText(words)
        self.state.setVisible(bool(words))


def cannot(*acts: Act) -> str:
    """Why nothing can be done here: what somebody would have to be allowed."""
    words = "; ".join(WORDS[act] for act in acts)
    return f"Your role does not let you do this. It is done by somebody who may: {words}."
