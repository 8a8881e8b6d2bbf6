"""Cards of plain fields: what to beware of, who referred the patient, and the words around the treatment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.draft_fields import DraftDate, DraftField, DraftLine, DraftText
from ptnotes.ui.widgets.card import Card


def precaution_card(draft: EpisodeDraft) -> Card:
    """What to beware of; it stands in the header of every screen."""
    card = Card("Precaution", "stands beside the name on every screen")
    card.body.addWidget(
        DraftLine(
            draft, "precaution", "What to beware of", "such as Osteoporosis: no thrust, grade III at most"
        )
    )
    return card


def referrer_card(draft: EpisodeDraft) -> Card:
    """Who referred the patient, as the progress report addresses them."""
    return pairs_card(
        "Referred by",
        "the progress report is addressed to them",
        (
            DraftLine(draft, "referrer", "Name"),
            DraftLine(draft, "referrer_practice", "Practice"),
            DraftLine(draft, "referrer_telephone", "Telephone"),
            DraftLine(draft, "referrer_fax", "Fax"),
            DraftDate(draft, "referred_on", "Date of referral"),
        ),
    )


def words_card(draft: EpisodeDraft) -> Card:
    """Function before and now, and what makes the case need a therapist."""
    card = Card("Function and need for skilled care")
    for path, label, hint in (
        ("prior_function", "Function before the complaint", ""),
        ("present_function", "Function now", ""),
        ("complexities", "What makes recovery harder", "other illness, work, home"),
        ("why_skilled", "Why a therapist is needed", ""),
    ):
        card.body.addWidget(DraftText(draft, path, label, hint))
    return card


def pairs_card(title: str, note: str, fields: tuple[DraftField, ...]) -> Card:
    """A card of fields in two columns."""
    card = Card(title, note)
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(10)
    for place, field in enumerate(fields):
        grid.addWidget(field, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    card.body.addLayout(grid)
    return card
