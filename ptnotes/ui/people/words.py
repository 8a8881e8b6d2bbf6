"""Roles and permissions in words."""

from __future__ import annotations

from ptnotes.domain.people import Permission, Role

ROLE_WORDS = {
    Role.THERAPIST: "Therapist",
    Role.ASSISTANT: "Assistant",
    Role.STUDENT: "Student",
    Role.FRONT_DESK: "Front desk",
    Role.ADMINISTRATOR: "Administrator",
}
PERMISSION_WORDS = {
    Permission.GRADE_V: "Thrust (grade V)",
    Permission.CO_SIGN: "Co-signing",
    Permission.DRY_NEEDLING: "Dry needling",
    Permission.EXPORT: "Taking records out",
    Permission.ADMINISTER: "Looking after the clinic",
}
