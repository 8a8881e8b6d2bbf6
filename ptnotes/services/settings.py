"""The clinic's details."""

from __future__ import annotations

from ptnotes.db import settings
from ptnotes.domain.people import Clinic, checked_clinic
from ptnotes.domain.permissions import Act
from ptnotes.services.audit import changing_clinic
from ptnotes.services.opening import OpenClinic, check_zone
from ptnotes.services.permit import require


def clinic_details(clinic: OpenClinic) -> Clinic:
    """The clinic's details as stored."""
    with clinic.store.read() as connection:
        return settings.load_clinic(connection)


def change_clinic(clinic: OpenClinic, details: Clinic) -> Clinic:
    """Store changed details and give them with their new revision. Raises `InputError`, `StaleError`."""
    require(clinic, Act.ADMINISTER)
    checked = checked_clinic(details)
    check_zone(checked.zone)
    with changing_clinic(clinic, "its details") as connection:
        changed = settings.change_clinic(connection, checked)
    clinic.zone = changed.zone
    return changed
