"""Who may what, cell by cell: the table below is written out once more by hand, so that a slip in the code shows."""

import pytest

from ptnotes.domain.people import Permission, Person, Role
from ptnotes.domain.permissions import NEVER, PERMISSIONS, TABLE, WORDS, Act, may, needs_co_signature

# Columns: therapist, assistant, student, front desk, administrator.
TABLE_BY_HAND = """
view_demographics      yes yes yes yes yes
edit_demographics      yes yes yes yes yes
view_notes             yes yes yes no  yes
break_glass            no  no  no  yes no
chart_treatment        yes yes yes no  no
chart_evaluation       yes no  yes no  no
grade_v                yes no  no  no  no
dry_needling           yes no  no  no  no
write_plan             yes no  no  no  no
write_progress_report  yes no  no  no  no
discharge              yes no  no  no  no
sign                   yes yes yes no  no
co_sign                yes no  no  no  no
export                 yes no  no  no  yes
export_clinic          no  no  no  no  yes
view_audit             no  no  no  no  yes
dispose                no  no  no  no  yes
administer             no  no  no  no  yes
"""
CELLS = [
    (role, Act(line.split()[0]), word == "yes")
    for line in TABLE_BY_HAND.strip().splitlines()
    for role, word in zip(Role, line.split()[1:], strict=True)
]


def test_the_table_has_every_cell() -> None:
    assert {(role, act) for role, act, _ in CELLS} == {(role, act) for role in Role for act in Act}
    assert set(TABLE) == set(NEVER) == set(Role)
    assert set(WORDS) == set(Act)
    assert set(PERMISSIONS) == set(Permission)


@pytest.mark.parametrize(("role", "act", "allowed"), CELLS)
def test_a_role_may_what_the_table_says(role: Role, act: Act, allowed: bool) -> None:
    assert may(Person(name="P", role=role), act) is allowed


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_what_is_withheld_from_a_person_they_may_not(role: Role, permission: Permission) -> None:
    person = Person(name="P", role=role, granted=frozenset({permission}), withheld=frozenset({permission}))
    assert not any(may(person, act) for act in PERMISSIONS[permission])


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (Role.THERAPIST, Permission.ADMINISTER, True),
        (Role.ASSISTANT, Permission.ADMINISTER, True),
        (Role.FRONT_DESK, Permission.ADMINISTER, True),
        (Role.STUDENT, Permission.ADMINISTER, False),
        (Role.ASSISTANT, Permission.EXPORT, True),
        (Role.FRONT_DESK, Permission.EXPORT, False),
        (Role.STUDENT, Permission.EXPORT, False),
        *[
            (role, permission, role is Role.THERAPIST)
            for role in Role
            for permission in (Permission.GRADE_V, Permission.DRY_NEEDLING, Permission.CO_SIGN)
        ],
    ],
)
def test_what_is_granted_counts_only_where_the_role_can_have_it(
    role: Role, permission: Permission, allowed: bool
) -> None:
    person = Person(name="P", role=role, granted=frozenset({permission}))
    assert all(may(person, act) is allowed for act in PERMISSIONS[permission])


@pytest.mark.parametrize(
    "act", [Act.CHART_EVALUATION, Act.WRITE_PLAN, Act.WRITE_PROGRESS_REPORT, Act.DISCHARGE]
)
def test_no_permission_lets_an_assistant_write_what_is_the_therapists_own(act: Act) -> None:
    assert not may(Person(name="P", role=Role.ASSISTANT, granted=frozenset(Permission)), act)


def test_a_students_note_alone_always_needs_a_co_signature() -> None:
    assert [role for role in Role if needs_co_signature(Person(name="P", role=role))] == [Role.STUDENT]
