"""A plan of care on its way to the physician and back: sent, received, signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ptnotes.domain.errors import Fault, InputError
from ptnotes.domain.text import clean_line
from ptnotes.domain.wording import full_date


class SentHow(StrEnum):
    """How a plan went to the physician."""

    FAX = "fax"
    PORTAL = "portal"
    MAIL = "mail"
    BY_HAND = "by hand"
    ORDER_ON_FILE = "signed order on file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """One plan's way to the physician and back, as calendar dates of the clinic; None has not happened.

    `plan_version` is the version of the plan that was sent. `valid_until` is the last day that the physician
    certified; where it is None the plan's length and the payer's rule say it.
    """

    id: int | None = None
    episode_id: int = 0
    plan_version: int = 0
    sent_on: date | None = None
    sent_to: str = ""
    sent_how: str = ""
    received_on: date | None = None
    signed_on: date | None = None
    signed_by: str = ""
    valid_until: date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """How far an episode's plan is: its newest version (0 where there is none), the latest certification, and the
    next visit to the physician. `is_changed` says that the present plan is not the one that was sent.
    """

    version: int = 0
    certification: Certification | None = None
    is_changed: bool = False
    physician_visit_on: date | None = None


def checked_certification(certification: Certification, today: date) -> Certification:
    """The certification as stored. Raises `InputError` with every fault, named by the field."""
    faults = list(_faults(certification, today))
    if faults:
        raise InputError(*faults)
    return replace(
        certification,
        sent_to=clean_line(certification.sent_to, "certification.sent_to"),
        sent_how=clean_line(certification.sent_how, "certification.sent_how"),
        signed_by=clean_line(
            certification.signed_by, "certification.signed_by", required=certification.signed_on is not None
        ),
    )


def standing(certification: Certification | None) -> str:
    """How far the plan has come, in a few words."""
    if certification is None:
        return "not sent yet"
    if certification.signed_on is not None:
        by = f" by {certification.signed_by}" if certification.signed_by else ""
        return f"signed{by} on {full_date(certification.signed_on)}"
    if certification.received_on is not None:
        return f"came back on {full_date(certification.received_on)}, not signed yet"
    if certification.sent_on is not None:
        to = f" to {certification.sent_to}" if certification.sent_to else ""
        return f"sent{to} on {full_date(certification.sent_on)}, not back yet"
    return "not sent yet"


def _faults(certification: Certification, today: date) -> Iterator[Fault]:
    for name in ("sent_on", "received_on", "signed_on"):
        day = getattr(certification, name)
        if day is not None and day > today:
            yield Fault("date.future", f"certification.{name}")
    sent, received, signed = certification.sent_on, certification.received_on, certification.signed_on
    if signed is not None and received is None:
        yield Fault("certification.not_received", "certification.received_on")
    if received is not None and sent is not None and received < sent:
        yield Fault("certification.back_before_sent", "certification.received_on")
    if received is not None and signed is not None and received < signed:
        yield Fault("certification.back_before_signed", "certification.received_on")
    if certification.valid_until is not None and signed is not None and certification.valid_until < signed:
        yield Fault("certification.ends_before_signed", "certification.valid_until")
