"""Who may do what: one table. Roles bind the program; whoever holds the file and a passphrase is not held by them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ptnotes.domain.people import Permission, Person, Role


class Act(StrEnum):
    """Something that one may or may not do."""

    VIEW_DEMOGRAPHICS = "view_demographics"
    EDIT_DEMOGRAPHICS = "edit_demographics"
    VIEW_NOTES = "view_notes"
    BREAK_GLASS = "break_glass"
    CHART_TREATMENT = "chart_treatment"
    CHART_EVALUATION = "chart_evaluation"
    GRADE_V = "grade_v"
    DRY_NEEDLING = "dry_needling"
    WRITE_PLAN = "write_plan"
    WRITE_PROGRESS_REPORT = "write_progress_report"
    DISCHARGE = "discharge"
    SIGN = "sign"
    CO_SIGN = "co_sign"
    EXPORT = "export"
    EXPORT_CLINIC = "export_clinic"
    VIEW_AUDIT = "view_audit"
    DISPOSE = "dispose"
    ADMINISTER = "administer"


WORDS: Mapping[Act, str] = {
    Act.VIEW_DEMOGRAPHICS: "see who the patients are, their schedule and payer",
    Act.EDIT_DEMOGRAPHICS: "add patients and change their details",
    Act.VIEW_NOTES: "read charts",
    Act.BREAK_GLASS: "read charts in an emergency, with a reason",
    Act.CHART_TREATMENT: "chart treatment and outcome scores",
    Act.CHART_EVALUATION: "chart an evaluation or re-evaluation, and open an episode",
    Act.GRADE_V: "chart a thrust (grade V)",
    Act.DRY_NEEDLING: "chart dry needling",
    Act.WRITE_PLAN: "write the plan of care and its goals",
    Act.WRITE_PROGRESS_REPORT: "make a progress report",
    Act.DISCHARGE: "discharge",
    Act.SIGN: "sign their own notes",
    Act.CO_SIGN: "co-sign other people's notes",
    Act.EXPORT: "take records out of the program",
    Act.EXPORT_CLINIC: "take the records of the whole clinic out of the program",
    Act.VIEW_AUDIT: "see who did what",
    Act.DISPOSE: "dispose of records whose time is over",
    Act.ADMINISTER: "look after the clinic, its people and its backups",
}
"""Each act in words that go on from “may”."""

_TREATS = frozenset(
    {
        Act.VIEW_DEMOGRAPHICS,
        Act.EDIT_DEMOGRAPHICS,
        Act.VIEW_NOTES,
        Act.CHART_TREATMENT,
        Act.SIGN,
    }
)

TABLE: Mapping[Role, frozenset[Act]] = {
    Role.THERAPIST: _TREATS
    | {
        Act.CHART_EVALUATION,
        Act.GRADE_V,
        Act.DRY_NEEDLING,
        Act.WRITE_PLAN,
        Act.WRITE_PROGRESS_REPORT,
        Act.DISCHARGE,
        Act.CO_SIGN,
        Act.EXPORT,
    },
    # Medicare Benefit Policy Manual, chapter 15, 220.3 and 230.1: evaluation, plan, progress report and discharge are
    # the therapist's own.
    Role.ASSISTANT: _TREATS,
    # What a student charts is co-signed. What carries no co-signature here (plan, report, discharge) is not theirs.
    Role.STUDENT: _TREATS | {Act.CHART_EVALUATION},
    # 45 CFR 164.502(b): no more than the work needs.
    Role.FRONT_DESK: frozenset({Act.VIEW_DEMOGRAPHICS, Act.EDIT_DEMOGRAPHICS, Act.BREAK_GLASS}),
    # Whoever looks after the records answers requests for copies and the questions of an auditor, and writes no chart.
    Role.ADMINISTRATOR: frozenset(
        {
            Act.VIEW_DEMOGRAPHICS,
            Act.EDIT_DEMOGRAPHICS,
            Act.VIEW_NOTES,
            Act.EXPORT,
            Act.EXPORT_CLINIC,
            Act.VIEW_AUDIT,
            Act.DISPOSE,
            Act.ADMINISTER,
        }
    ),
}
"""What each role may."""

PERMISSIONS: Mapping[Permission, frozenset[Act]] = {
    Permission.GRADE_V: frozenset({Act.GRADE_V}),
    Permission.DRY_NEEDLING: frozenset({Act.DRY_NEEDLING}),
    Permission.CO_SIGN: frozenset({Act.CO_SIGN}),
    Permission.EXPORT: frozenset({Act.EXPORT}),
    Permission.ADMINISTER: frozenset({Act.ADMINISTER, Act.VIEW_AUDIT, Act.DISPOSE, Act.EXPORT_CLINIC}),
}
"""What can be given to, or withheld from, one person."""

_BY_THERAPISTS = frozenset({Act.GRADE_V, Act.DRY_NEEDLING, Act.CO_SIGN})
_BY_STAFF = frozenset({Act.EXPORT, Act.EXPORT_CLINIC, Act.VIEW_AUDIT, Act.DISPOSE, Act.ADMINISTER})

NEVER: Mapping[Role, frozenset[Act]] = {
    Role.THERAPIST: frozenset(),
    Role.ASSISTANT: _BY_THERAPISTS,
    Role.STUDENT: _BY_THERAPISTS | _BY_STAFF,
    Role.FRONT_DESK: _BY_THERAPISTS | {Act.EXPORT},
    Role.ADMINISTRATOR: _BY_THERAPISTS,
}
"""What a role cannot be given, whoever gives it."""


def may(person: Person, act: Act) -> bool:
    """Whether `person` may do `act`: by their role, with what was given to them and without what was withheld."""
    if act in NEVER[person.role]:
        return False
    if any(act in PERMISSIONS[permission] for permission in person.withheld):
        return False
    return act in TABLE[person.role] or any(act in PERMISSIONS[permission] for permission in person.granted)


def may_supervise(person: Person) -> bool:
    """Whether notes can wait for the co-signature of `person`: they are here, and may give it."""
    return person.active_to is None and may(person, Act.CO_SIGN)


def needs_co_signature(person: Person) -> bool:
    """Whether somebody else has to sign below what `person` signs."""
    return person.role is Role.STUDENT
