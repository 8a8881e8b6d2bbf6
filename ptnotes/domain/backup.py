"""Backups: what one holds, which are kept, and whether the latest is good enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

DAILY, WEEKLY, MONTHLY = 14, 8, 24
"""Of how many days, weeks and months with a backup the newest one is kept."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a clinic's database holds, counted: `rows` by table, and how far the audit has come.

    `clinic` is the uuid of the clinic's first person, which no change of keys changes. `revisions` is the sum of all
    records' revisions, and `last_change` the number of the last event of the audit that tells of a change.
    """

    schema: int
    rows: Mapping[str, int]
    audit_count: int = 0
    audit_head: bytes = b""
    clinic: str = ""
    revisions: int = 0
    last_change: int = 0

    @property
    def mark(self) -> str:
        """What differs after every change, and stays the same while the clinic is only opened, read and backed up."""
        return f"{self.clinic} {self.revisions} {self.last_change}"

    @property
    def patients(self) -> int:
        """How many patients."""
        return self.rows.get("patient", 0)

    @property
    def visits(self) -> int:
        """How many visits, drafts among them."""
        return self.rows.get("treatment_session", 0)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: the folder with the pair of files and the manifest, when it was made, and what it holds.

    `database` is the path of its database.
    """

    folder: Path
    made_at: datetime
    contents: Contents
    database: Path


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Where backups go (None: nowhere yet), how many hours lie between two, and whether closing makes one."""

    folder: Path | None = None
    every_hours: int = 24
    on_close: bool = True


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """What is known of the backups made so far.

    `saved` is the mark of what the last good one holds; `failed_at` is None unless the latest try failed, and `fault`
    is then its code.
    """

    made_at: datetime | None = None
    saved: str = ""
    failed_at: datetime | None = None
    fault: str = ""
    fault_values: Mapping[str, str] = field(default_factory=dict)


class Standing(StrEnum):
    """How safe the records are from the loss of this disk."""

    NONE = "none"
    GOOD = "good"
    OVERDUE = "overdue"
    FAILED = "failed"


def is_due(plan: BackupPlan, record: BackupRecord, now: datetime) -> bool:
    """Whether the time for the next backup has come. A failure or a clock that was set back makes it come at once."""
    if plan.folder is None:
        return False
    if record.made_at is None or record.failed_at is not None or record.made_at > now:
        return True
    return now - record.made_at >= timedelta(hours=plan.every_hours)


def standing(plan: BackupPlan, record: BackupRecord, now: datetime) -> Standing:
    """Judge the latest backup: failed, older than twice its interval (at least a day more), good, or none planned."""
    if record.failed_at is not None:
        return Standing.FAILED
    if plan.folder is None:
        return Standing.NONE
    allowed = timedelta(hours=plan.every_hours + max(24, plan.every_hours))
    if record.made_at is None or now - record.made_at > allowed:
        return Standing.OVERDUE
    return Standing.GOOD


def kept(made: Iterable[datetime]) -> frozenset[datetime]:
    """Choose the backups to keep: the newest of each of the last 14 days, 8 weeks and 24 months that have one.

    Periods are counted only where there is a backup, so that a clinic that was closed for a month loses none by it.
    They begin where the instants' own zone says.
    """
    newest_first = sorted(made, reverse=True)
    keep: set[datetime] = set()
    for most, form in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        periods: dict[str, datetime] = {}
        for moment in newest_first:
            periods.setdefault(moment.strftime(form), moment)
        keep.update(list(periods.values())[:most])
    return frozenset(keep)
