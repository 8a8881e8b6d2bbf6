"""What is treated and since when: title, start, regions with their side, onset, surgery."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout

from ptnotes.clinical import Reference
from ptnotes.domain.episode import EpisodeOfCare, EpisodeRegion, OnsetKind
from ptnotes.domain.treatment import Side
from ptnotes.domain.wording import side_words
from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.draft_fields import DraftChoice, DraftDate, DraftLine, DraftText
from ptnotes.ui.episode.rows import Row, Rows
from ptnotes.ui.widgets.card import Card
from ptnotes.ui.widgets.labels import FaultLabel, Label
from ptnotes.ui.widgets.pick_list import PickItem, PickList

ONSETS = (
    (OnsetKind.UNKNOWN, "Not recorded"),
    (OnsetKind.GRADUAL, "Gradual"),
    (OnsetKind.SUDDEN, "Sudden"),
    (OnsetKind.INJURY, "Injury"),
    (OnsetKind.SURGERY, "Surgery"),
)


def region_items(reference: Reference, text: str) -> list[PickItem]:
    """The regions that answer a text, as choices."""
    return [
        PickItem(region.id, region.label, aliases=region.aliases)
        for region in reference.find("regions", text)
    ]


def region_sides(reference: Reference, region: str) -> list[Side | None]:
    """The sides a region may be treated on; none where it has no sides."""
    return [None, *(Side(side) for side in reference.regions[region].sides if side in set(Side))]


def region_words(reference: Reference, region: EpisodeRegion) -> str:
    """A region with its side: ``Shoulder, left``."""
    return ", ".join(
        part for part in (reference.regions[region.region].label, side_words(region.side)) if part
    )


class BasicsCard(Card):
    """The first card of an episode."""

    def __init__(self, draft: EpisodeDraft) -> None:
        super().__init__("What is treated")
        self._draft = draft
        reference = draft.clinic.reference
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        self.title_field = DraftLine(draft, "title", "Title", "such as Low back pain with left leg pain")
        grid.addWidget(self.title_field, 0, 0, 1, 2, top)
        grid.addWidget(DraftDate(draft, "start", "Start of care", required=True), 1, 0, top)
        grid.addWidget(DraftDate(draft, "onset", "Onset"), 1, 1, top)
        grid.addWidget(DraftChoice(draft, "onset_kind", "How it began", ONSETS), 2, 0, top)
        grid.addWidget(DraftDate(draft, "surgery_date", "Date of surgery"), 2, 1, top)
        grid.addWidget(DraftText(draft, "mechanism", "Mechanism"), 3, 0, top)
        grid.addWidget(DraftText(draft, "surgery", "Surgery"), 3, 1, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addWidget(Label("Regions, the main one first", "caption"))
        self.regions = Rows("No region yet: motions and techniques are offered by region.")
        self.regions.removed.connect(self._remove)
        self.body.addWidget(self.regions)
        self.pick = PickList(
            lambda text: region_items(reference, text), placeholder="Add a region…", name="Add a region"
        )
        self.pick.chosen.connect(self._add)
        fault = FaultLabel(self)
        self.pick.fault_changed.connect(fault.say)
        self.body.addWidget(self.pick)
        self.body.addWidget(fault)
        draft.shown.connect(self._show_another)
        draft.changed.connect(self._show)
        self._listed: tuple[EpisodeRegion, ...] | None = None

    def _show_another(self, episode: EpisodeOfCare) -> None:
        self.pick.set_current(None)
        self._show(episode)

    def _show(self, episode: EpisodeOfCare) -> None:
        if episode.regions == self._listed:
            return
        self._listed = episode.regions
        reference = self._draft.clinic.reference
        rows = []
        for place, region in enumerate(episode.regions):
            row = Row(reference.regions[region.region].label)
            sides = region_sides(reference, region.region)
            if len(sides) > 1:
                choice = QComboBox(row)
                choice.addItems([side_words(side) or "no side" for side in sides])
                choice.setCurrentIndex(sides.index(region.side) if region.side in sides else 0)
                choice.setAccessibleName(f"Side of {reference.regions[region.region].label}")
                choice.setProperty("place", place)
                choice.activated.connect(self._side_chosen)
                row.add(choice)
            rows.append(row)
        self.regions.show_rows(rows, [reference.regions[region.region].label for region in episode.regions])

    def _side_chosen(self, chosen: int) -> None:
        choice = self.sender()
        episode = self._draft.episode
        if episode is None:
            return
        place = int(choice.property("place"))
        region = episode.regions[place]
        side = region_sides(self._draft.clinic.reference, region.region)[chosen]
        regions = list(episode.regions)
        regions[place] = replace(region, side=side)
        self._draft.set_value("regions", tuple(regions))

    def _add(self, region: str) -> None:
        self.pick.set_current(None)
        episode = self._draft.episode
        if episode is not None and region and region not in {row.region for row in episode.regions}:
            self._draft.set_value("regions", (*episode.regions, EpisodeRegion(region=region)))

    def _remove(self, place: int) -> None:
        episode = self._draft.episode
        if episode is not None:
            kept = tuple(row for number, row in enumerate(episode.regions) if number != place)
            self._draft.set_value("regions", kept)
