"""Cards of plain fields: who referred the patient, the plan of care, and the words around the treatment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from ptnotes.ui.episode.draft import EpisodeDraft
from ptnotes.ui.episode.draft_fields import DraftDate, DraftField, DraftLine, DraftNumber, DraftText
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
    return _pairs_card(
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


def plan_card(draft: EpisodeDraft) -> Card:
    """How often and how long, with what, and what is to be expected."""
    card = _pairs_card(
        "Plan of care",
        "",
        (
            DraftNumber(draft, "plan.visits_a_week", "Visits a week"),
            DraftNumber(draft, "plan.duration_weeks", "Weeks", whole=True),
            DraftDate(draft, "plan.start", "Plan starts", future=True),
            DraftDate(draft, "plan.certified_until", "Certified until", future=True),
        ),
    )
    card.body.addWidget(DraftText(draft, "plan.interventions", "Interventions planned"))
    card.body.addWidget(DraftText(draft, "plan.prognosis", "Prognosis"))
    return card


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


def _pairs_card(title: str, note: str, fields: tuple[DraftField, ...]) -> Card:
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
