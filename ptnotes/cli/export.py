"""Taking records out: one patient as FHIR, the clinic as CSV or as one encrypted archive."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes.cli.shared import (
    add_passphrase,
    add_user,
    asked_passphrase,
    clinic_path,
    one_patient,
    opened,
    say,
    telling_progress,
)

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# Each command imports what it needs and no more: `--version` and the unlock screen must not wait for the store.
# ruff: noqa: PLC0415


def add_export(commands: Commands) -> None:
    """Add the commands `export fhir`, `export csv` and `export archive`."""
    export = commands.add_parser("export", help="take records out of the program", allow_abbrev=False)
    kinds = export.add_subparsers(dest="export", metavar="KIND", required=True)

    fhir = kinds.add_parser(
        "fhir", help="one patient as a FHIR R4 bundle, which anybody can read", allow_abbrev=False
    )
    fhir.add_argument(
        "--patient", required=True, metavar="MRN", help="record number, or words that find one patient"
    )
    fhir.add_argument("--out", type=Path, required=True, metavar="FILE.json", help="where to write it")
    fhir.add_argument("--force", action="store_true", help="replace an earlier bundle of that name")
    fhir.add_argument(
        "--no-snomed",
        action="store_true",
        help="send no codes of SNOMED CT, for whoever has no licence for them",
    )
    fhir.set_defaults(run=_export_fhir)

    csv = kinds.add_parser(
        "csv", help="the whole clinic as CSV with a dictionary, which anybody can read", allow_abbrev=False
    )
    csv.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="a new folder, or one that is empty"
    )
    csv.set_defaults(run=_export_csv)

    archive = kinds.add_parser(
        "archive", help="the whole clinic as one encrypted file; its new key is printed", allow_abbrev=False
    )
    archive.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where to write it")
    archive.add_argument("--force", action="store_true", help="replace an earlier archive of that name")
    archive.add_argument(
        "--not-encrypted",
        action="store_true",
        help="write it so that whoever gets the file can read every record of every patient",
    )
    archive.set_defaults(run=_export_archive)
    for command in (fhir, csv, archive):
        add_passphrase(command)
        add_user(command)


def _export_fhir(arguments: argparse.Namespace) -> int:
    from ptnotes.services.export_fhir import FHIR_STARTS, export_fhir
    from ptnotes.services.export_file import check_target

    # Said before the passphrase is asked for; it is looked at once more when it is written.
    check_target(arguments.out.absolute(), replace=arguments.force, starts=FHIR_STARTS)
    with closing(opened(arguments)) as clinic:
        patient = one_patient(clinic, arguments.patient)
        if patient.id is None:
            raise ValueError("a stored patient has an id")
        export_fhir(
            clinic, patient.id, arguments.out, replace=arguments.force, has_snomed=not arguments.no_snomed
        )
    return 0


def _export_csv(arguments: argparse.Namespace) -> int:
    from ptnotes.domain.wording import how_many
    from ptnotes.services.export_csv import check_folder, export_csv
    from ptnotes.services.opening import open_clinic

    check_folder(arguments.out.absolute())
    path, passphrase = clinic_path(arguments), asked_passphrase(arguments.passphrase_file)
    with closing(open_clinic(path, passphrase, arguments.user)) as clinic:
        done = export_csv(clinic, arguments.out, passphrase)
    print(
        f"{arguments.out}: {how_many(done.patients, 'patient')}, {how_many(done.rows, 'row')} in "
        f"{how_many(done.files, 'file')}, not encrypted"
    )
    return 0


def _export_archive(arguments: argparse.Namespace) -> int:
    from ptnotes.domain.wording import how_many
    from ptnotes.services.export_archive import ARCHIVE_STARTS, export_archive
    from ptnotes.services.export_file import check_target
    from ptnotes.services.opening import open_clinic

    check_target(arguments.out.absolute(), replace=arguments.force, starts=ARCHIVE_STARTS)
    path, passphrase = clinic_path(arguments), asked_passphrase(arguments.passphrase_file)
    with (
        closing(open_clinic(path, passphrase, arguments.user)) as clinic,
        telling_progress("patients") as tell,
    ):
        made = export_archive(
            clinic,
            arguments.out,
            passphrase,
            is_encrypted=not arguments.not_encrypted,
            replace=arguments.force,
            progress=tell,
        )
    how = "encrypted" if made.key else "not encrypted"
    print(f"{arguments.out}: {how_many(made.patients, 'patient')}, {how_many(made.files, 'file')}, {how}")
    if made.key:
        print(made.key)
        say(
            "The line above is the archive’s key. It is kept nowhere else: without it nobody can open the archive."
        )
    return 0
