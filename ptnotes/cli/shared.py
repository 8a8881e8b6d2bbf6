"""What several commands need: whose passphrase opens which file, which patient is meant, and how far work has come."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from ptnotes.domain.errors import AmbiguousError, EnvironmentFault, Fault, InputError, NotFoundError

if TYPE_CHECKING:
    from ptnotes.domain.patient import Patient
    from ptnotes.services.opening import OpenClinic

# Each command imports what it needs and no more: `--version` and the unlock screen must not wait for the store.
# ruff: noqa: PLC0415

_SECONDS_BETWEEN_LINES = 5.0


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Let the passphrase come from a file."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help="read the passphrase from the first line of FILE; else it is asked for, or read from standard input",
    )


def add_user(parser: argparse.ArgumentParser) -> None:
    """Let it be said who opens the file."""
    parser.add_argument("--user", metavar="NAME", help="who opens the file, where several people can")


def one_patient(clinic: OpenClinic, words: str) -> Patient:
    """The patient with that record number, else the only one that the words find."""
    from ptnotes.domain.audit import Subject, Verb
    from ptnotes.services.audit import note_read
    from ptnotes.services.patients import find_patients, load_patient, patient_by_mrn

    with suppress(NotFoundError):
        return patient_by_mrn(clinic, words)
    found = find_patients(clinic, words, limit=20)
    note_read(clinic, Verb.SEARCHED, Subject.PATIENT, count=len(found))
    if not found:
        raise NotFoundError("patient.not_found", mrn=words[:40])
    if len(found) > 1:
        choices = tuple(f"{row.mrn}  {row.birth_date.isoformat()}  {row.name}" for row in found)
        raise AmbiguousError("patient.several_match", choices)
    return load_patient(clinic, found[0].id)


def clinic_path(arguments: argparse.Namespace) -> Path:
    """The clinic's file. Raises `EnvironmentFault` ("file.missing")."""
    from ptnotes.services.people_of import clinic_exists, default_clinic_path

    path: Path = arguments.file or default_clinic_path()
    if not clinic_exists(path):
        raise EnvironmentFault("file.missing", path=str(path))
    return path


def opened(arguments: argparse.Namespace) -> OpenClinic:
    """The clinic, opened with the passphrase that is asked for."""
    return opened_with(arguments)[0]


def opened_with(arguments: argparse.Namespace) -> tuple[OpenClinic, str]:
    """The clinic, and the passphrase that was asked for and opened it."""
    path = clinic_path(arguments)
    passphrase = asked_passphrase(arguments.passphrase_file)
    from ptnotes.services.opening import open_clinic

    return open_clinic(path, passphrase, arguments.user), passphrase


def asked_passphrase(file: Path | None, *, twice: bool = False) -> str:
    """The passphrase from the file's first line, from whoever sits at the terminal, or from standard input."""
    if file is not None:
        try:
            with file.open(encoding="utf-8-sig") as lines:
                passphrase = lines.readline()
        except (OSError, UnicodeDecodeError):
            raise EnvironmentFault("passphrase.file_unreadable", path=str(file)) from None
    elif sys.stdin is not None and sys.stdin.isatty():
        import getpass

        passphrase = getpass.getpass("Passphrase: ")
        if twice and passphrase != getpass.getpass("Once more: "):
            raise InputError(Fault("passphrase.differs", "passphrase"))
    else:
        passphrase = "" if sys.stdin is None else sys.stdin.readline()
    passphrase = passphrase.rstrip("\r\n")
    if not passphrase:
        raise InputError(Fault("passphrase.empty", "passphrase"))
    return passphrase


@contextmanager
def telling_progress(things: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that tells on standard error how far long work has come: one line that changes on a terminal,
    else a line every few seconds.
    """
    on_terminal = sys.stderr.isatty()
    told = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        line = f"{done:,} of {total:,} {things}"
        if on_terminal:
            print(f"\r{line}", end="", file=sys.stderr, flush=True)
        elif monotonic() - told >= _SECONDS_BETWEEN_LINES:
            told = monotonic()
            say(line)

    try:
        yield tell
    finally:
        if on_terminal:
            print(file=sys.stderr)


def say(words: str) -> None:
    """Tell something on standard error."""
    print(words, file=sys.stderr, flush=True)
