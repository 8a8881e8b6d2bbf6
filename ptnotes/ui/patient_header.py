"""Who the patient is, at the top of every screen of a chart: name, precaution, age, number, diagnosis, episode."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QTabBar, QVBoxLayout, QWidget

from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.views import PatientHeader
from ptnotes.domain.wording import full_date
from ptnotes.ui.theme import restyle
from ptnotes.ui.widgets.labels import Heading, Label, Pill

TABS = ("Overview", "Sessions", "Episode", "Documents")


def identity_line(header: PatientHeader) -> str:
    """The quiet line under the name: what tells this patient from another, and what is treated."""
    patient, episode = header.patient, header.episode
    parts = [f"{header.age_years} y ({full_date(patient.birth_date)})", f"MRN {patient.mrn}"]
    if episode is not None:
        if episode.diagnoses:
            first = episode.diagnoses[0]
            parts.append(" ".join(part for part in (first.code, first.words) if part))
        if episode.referrer:
            parts.append(f"referred by {episode.referrer}")
        parts.append(f"episode since {full_date(episode.start)}")
        if episode.discharged_on is not None:
            parts.append(f"discharged {full_date(episode.discharged_on)}")
    return " · ".join(parts)


def safety_line(header: PatientHeader) -> tuple[str, bool]:
    """What has to be known before anybody lays hands on the patient, whole; and whether any of it stops a treatment."""
    said: dict[str, list[str]] = {"stop": [], "no thrust": [], "precaution": []}
    if header.episode is not None and header.episode.precaution:
        said["precaution"].append(" ".join(header.episode.precaution.split()))
    for label, limit in header.positive:
        said[limit].append(label)
    parts = [f"{limit.capitalize()}: {'; '.join(labels)}." for limit, labels in said.items() if labels]
    parts += [f"Adverse event open, {full_date(one.happened_on)}: {one.what}." for one in header.events]
    return "  ".join(part.replace("..", ".") for part in parts), bool(said["stop"] or header.events)


def episode_name(episode: EpisodeOfCare) -> str:
    """An episode as the choice of episodes shows it."""
    title = episode.title or "Episode of care"
    return f"{title} · since {full_date(episode.start)}"


class PatientHeaderBar(QFrame):
    """Shows a patient's header with the tabs. Emits what is asked for: another tab, another episode, a change."""

    tab_chosen = Signal(int)
    episode_chosen = Signal(int, int)
    """Ids of the patient and of the episode."""
    edit_asked = Signal()
    episode_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("type", "header")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        self._patient_id: int | None = None
        self.name = Heading("", "title")
        self.state = Pill("")
        self.archived = Pill("", "neutral")
        for part in (self.name, self.state, self.archived):
            top.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        self.episodes = QComboBox(self)
        self.episodes.setAccessibleName("Episode of care")
        self.episodes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.episodes.setMinimumContentsLength(24)
        top.addWidget(self.episodes)
        self.new_episode = QPushButton("New episode", self)
        self.new_episode.setProperty("type", "quiet")
        top.addWidget(self.new_episode)
        self.edit = QPushButton("Edit patient", self)
        self.edit.setProperty("type", "quiet")
        top.addWidget(self.edit)
        layout.addLayout(top)
        self.safety = QFrame(self)
        self.safety.setProperty("type", "notice")
        inside = QVBoxLayout(self.safety)
        inside.setContentsMargins(8, 3, 8, 3)
        self.precaution = Label("", wraps=True, parent=self.safety)
        inside.addWidget(self.precaution)
        self.safety.hide()
        layout.addWidget(self.safety)
        self.line = Label("", "muted", wraps=True)
        layout.addWidget(self.line)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Parts of the chart")
        for title in TABS:
            self.tabs.addTab(title)
        layout.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self.tab_chosen)
        self.episodes.activated.connect(self._choose_episode)
        self.edit.clicked.connect(self.edit_asked)
        self.new_episode.clicked.connect(self.episode_asked)

    def show_header(self, header: PatientHeader) -> None:
        """Show this patient and episode; the tab stays."""
        episode = header.episode
        self._patient_id = header.patient.id
        self.name.setText(header.patient.name)
        words, is_stop = safety_line(header)
        self.precaution.setText(words)
        self.safety.setVisible(bool(words))
        tone = "danger" if is_stop else "warning"
        if self.safety.property("tone") != tone:
            self.safety.setProperty("tone", tone)
            for widget in (self.safety, self.precaution):
                restyle(widget)
        discharged = episode is not None and episode.discharged_on is not None
        self.state.show_fact("discharged" if discharged else "", "neutral")
        self.archived.show_fact("archived" if header.patient.archived_at is not None else "", "neutral")
        self.line.setText(identity_line(header))
        self.episodes.clear()
        for choice in header.episodes:
            self.episodes.addItem(episode_name(choice), choice.id)
        if episode is not None:
            self.episodes.setCurrentIndex(self.episodes.findData(episode.id))
        self.episodes.setVisible(len(header.episodes) > 1)

    def let_read(self, *, charts: bool, new_episode: bool) -> None:
        """Show the parts of a chart to whoever may read them, and the way to a new episode to whoever may open one.

        For whoever may not read charts there is who the patient is, in place of the overview, and the documents.
        """
        for place, title in enumerate(TABS):
            self.tabs.setTabVisible(place, charts or title in ("Overview", "Documents"))
            # Qt closes the gap of a hidden tab only with the next change of a text.
            self.tabs.setTabText(place, title)
        self.new_episode.setVisible(new_episode)

    def _choose_episode(self, place: int) -> None:
        episode_id = self.episodes.itemData(place)
        if isinstance(episode_id, int) and self._patient_id is not None:
            self.episode_chosen.emit(self._patient_id, episode_id)
