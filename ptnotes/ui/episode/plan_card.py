"""The plan of care: how often, how long, with what and what to expect; its versions, and which was certified."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ptnotes.clinical import Reference
from ptnotes.domain.episode import EpisodeOfCare
from ptnotes.domain.plan import PlanVersion, certified_words, is_changed_since_sent, plan_words
from ptnotes.domain.wording import full_date, how_many
from ptnotes.services.care_course import PlanCourse, plan_course
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.draft_fields import DraftDate, DraftNumber, DraftText
from ptnotes.ui.tasks import Tasks
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label, Rule
from ptnotes.ui.widgets.pick_list import PickItem, PickList

_EVALUATION = "evaluation"
_GRID_COLUMNS = 6
"""So that a row of two fields and one of three are both level with the card's edges."""


def service_words(reference: Reference, service: str) -> str:
    """A service as it stands in a plan: its label in our words, without what stands behind in brackets."""
    return reference.interventions[service].label.partition(" (")[0]


def service_items(reference: Reference, text: str) -> list[PickItem]:
    """The services that answer a text, as choices; evaluations are no treatment that is planned."""
    return [
        PickItem(service.id, service_words(reference, service.id), aliases=service.aliases)
        for service in reference.find("interventions", text)
        if service.group != _EVALUATION
    ]


def with_service(text: str, words: str) -> str:
    """The interventions planned with one more; unchanged where it is named already."""
    if words.casefold() in text.casefold():
        return text
    kept = text.rstrip()
    if not kept:
        return words
    # Labels of services hold commas themselves.
    return f"{kept}{' ' if kept.endswith((',', ';')) else '; '}{words[:1].lower()}{words[1:]}"


class PlanCard(Card):
    """Shows and changes the present plan; below it how far it is, and the versions before it."""

    def __init__(self, draft: EpisodeDraft, tasks: Tasks) -> None:
        super().__init__("Plan of care")
        self._draft = draft
        self._tasks = tasks
        self._episode_id: int | None = None
        reference = draft.clinic.reference
        self.interventions = DraftText(draft, "plan.interventions", "Interventions planned")
        self.pick = PickList(
            partial(service_items, reference), placeholder="Add a service…", name="Add a service to the plan"
        )
        self.pick_fault = FaultLabel()
        self.prognosis = DraftText(draft, "plan.prognosis", "Prognosis")
        self.fields = QWidget()
        self.standing = Label("", "small", wraps=True)
        self.changed = Label("", "warning", wraps=True)
        self.earlier = QPushButton()
        self.earlier.setProperty("type", "quiet")
        self.earlier.setCheckable(True)
        self.versions = QWidget()
        self._versions = QVBoxLayout(self.versions)
        self._versions.setContentsMargins(0, 0, 0, 0)
        self._versions.setSpacing(4)
        self._lay_out(
            (
                DraftNumber(draft, "plan.times_a_day", "Times a day", whole=True),
                DraftNumber(draft, "plan.visits_a_week", "Visits a week"),
                DraftNumber(draft, "plan.duration_weeks", "Weeks", whole=True),
            ),
            (
                DraftDate(draft, "plan.start", "Plan starts", future=True),
                DraftDate(draft, "plan.certified_until", "Certified until", future=True),
            ),
        )
        self.pick.chosen.connect(self._add_service)
        self.pick.fault_changed.connect(self.pick_fault.say)
        self.earlier.toggled.connect(self.versions.setVisible)
        draft.shown.connect(self._show_another)
        self.show_course(PlanCourse())

    def _lay_out(self, *rows: tuple[QWidget, ...]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        for down, row in enumerate(rows):
            wide = _GRID_COLUMNS // len(row)
            for place, field in enumerate(row):
                grid.addWidget(field, down, place * wide, 1, wide, Qt.AlignmentFlag.AlignTop)
        for column in range(_GRID_COLUMNS):
            grid.setColumnStretch(column, 1)
        inner = QVBoxLayout(self.fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(grid)
        for widget in (self.interventions, self.pick, self.pick_fault, self.prognosis):
            inner.addWidget(widget)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.standing)
        self.body.addWidget(self.changed)
        line = QHBoxLayout()
        line.addWidget(self.earlier)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self.versions)
        self.versions.hide()

    def let_change(self, allowed: bool) -> None:
        """Let the plan be changed or only read; its versions can be read by everybody who sees it."""
        self.fields.setEnabled(allowed)

    def read_course(self) -> None:
        """Read the versions again."""
        if self._episode_id is not None:
            read = partial(plan_course, self._draft.clinic, self._episode_id)
            self._tasks.read(read, partial(self._show_read, self._episode_id), latest="plan versions")

    def show_course(self, course: PlanCourse) -> None:
        """Show which version the present plan is, how far it is on its way, and the versions before it."""
        versions, names = course.versions, course.names
        self.set_note(f"version {versions[-1].number}" if versions else "")
        is_changed = is_changed_since_sent(versions)
        standing = certified_words(versions)
        written = _written(versions[-1], names.get(versions[-1].written_by, "")) if versions else ""
        told = written if is_changed else ", ".join(part for part in (written, standing) if part)
        self.standing.setText(f"{told}." if told else "")
        self.standing.setVisible(bool(told))
        self.changed.setText(f"{standing[:1].upper()}{standing[1:]}." if is_changed else "")
        self.changed.setVisible(is_changed)
        earlier = versions[:-1]
        count = len(earlier)
        self.earlier.setText(how_many(count, "earlier version"))
        self.earlier.setVisible(bool(earlier))
        if not earlier:
            self.earlier.setChecked(False)
        self._list(versions, names)

    def _list(self, versions: tuple[PlanVersion, ...], names: Mapping[int, str]) -> None:
        while (item := self._versions.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if len(versions) < 2:
            return
        # The newest first, each with what the next one changed: that is how one goes back through them.
        for version, after in zip(reversed(versions[:-1]), reversed(versions[1:]), strict=True):
            self._versions.addWidget(Rule())
            head = f"Version {version.number}: {plan_words(version.plan) or 'no frequency or duration'}"
            self._versions.addWidget(Label(head, "body", wraps=True))
            lines = [_written(version, names.get(version.written_by, ""))]
            lines.append(certified_words((version,)))
            lines.append(f"changed to version {after.number}: {', '.join(after.changes)}")
            for name, text in (
                ("Interventions", version.plan.interventions),
                ("Prognosis", version.plan.prognosis),
            ):
                if text.strip():
                    lines.append(f"{name}: {text.strip()}")
            for line in lines:
                self._versions.addWidget(Label(line, "small", wraps=True))

    def _show_another(self, episode: EpisodeOfCare) -> None:
        if episode.id != self._episode_id:
            self._episode_id = episode.id
            self.pick.set_current(None)
            self.earlier.setChecked(False)
            self.show_course(PlanCourse())
        self.read_course()

    def _show_read(self, episode_id: int, course: PlanCourse) -> None:
        if episode_id == self._episode_id:
            self.show_course(course)

    def _add_service(self, service: str) -> None:
        if not service or self._draft.episode is None:
            return
        self.pick.set_current(None)
        text = with_service(
            self._draft.episode.plan.interventions, service_words(self._draft.clinic.reference, service)
        )
        if self._draft.set_value("plan.interventions", text):
            self.interventions.show_value(text)


def _written(version: PlanVersion, who: str) -> str:
    return " ".join(
        part for part in (f"Written on {full_date(version.on)}", f"by {who}" if who else "") if part
    )
