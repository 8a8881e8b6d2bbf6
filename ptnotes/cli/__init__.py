"""The commands: what the window does, without a window.

Exit codes: 0 done; 1 not done, or not all of it, with a sentence on standard error that says why; 2 the command was not
understood.
A fault of the program itself shows where it happened, and no word of the error.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes import __version__
from ptnotes.cli.shared import (
    add_passphrase,
    add_user,
    asked_passphrase,
    clinic_path,
    opened,
    say,
    telling_progress,
)
from ptnotes.domain.errors import (
    AmbiguousError,
    EnvironmentFault,
    Fault,
    InputError,
    NotFoundError,
    PtNotesError,
)
from ptnotes.domain.sentences import sentence
from ptnotes.services.own_process import keep_to_itself

if TYPE_CHECKING:
    from ptnotes.domain.backup import Contents

# Each command imports what it needs and no more: `--version` and the unlock screen must not wait for the store.
# ruff: noqa: PLC0415

_EVERY_PATIENT = 10_000_000
_MOST_PROBLEMS = 100


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command named in `argv` (without the program's name; the process's own where None). Give the exit code.

    Raises `SystemExit` with code 2 for a command that is not understood, and with 0 for ``--help`` and ``--version``.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name must come out whole, whatever the terminal's character set is.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if argv is None:
        # The process is the program's own.
        keep_to_itself()
    given = sys.argv[1:] if argv is None else argv
    arguments = _of_window(given) if opens_window(given) else _parsed(given)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        code = run(arguments)
        sys.stdout.flush()
    except AmbiguousError as error:
        say("\n".join([sentence(error), *(f"  {choice}" for choice in error.choices)]))
        return 1
    except PtNotesError as error:
        say(sentence(error))
        return 1
    except BrokenPipeError:
        # Whoever read the output has enough of it. Python would complain once more while it ends, unless silenced.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        say("Stopped.")
        return 1
    return code


def _of_window(given: Sequence[str]) -> argparse.Namespace:
    """What the parser would make of it. A window does not wait for the parser, which looks for its words' language."""
    return argparse.Namespace(
        run=_open_window, takes_no_file=False, command=None, file=Path(given[1]) if given else None
    )


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    parser = _parser()
    _add_commands(parser)
    arguments = parser.parse_args(given)
    if arguments.file is not None and arguments.takes_no_file:
        parser.error(f"--file does not go with {arguments.command}")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ptnotes",
        description="Charting for manual physical therapy. Without a command, the window opens.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"PT Notes {__version__}")
    parser.add_argument(
        "--file", type=Path, metavar="PATH", help="the clinic's file; by default the one in your data folder"
    )
    parser.set_defaults(run=_open_window, takes_no_file=False, command=None)
    return parser


def opens_window(given: Sequence[str]) -> bool:
    """Whether nothing is asked for but the window, on whatever file: then no command needs to be known."""
    return not given or (len(given) == 2 and given[0] == "--file" and not given[1].startswith("-"))


def _add_commands(parser: argparse.ArgumentParser) -> None:
    from ptnotes.cli.export import add_export
    from ptnotes.cli.imports import add_import
    from ptnotes.cli.report import add_report

    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser(
        "demo", help="open a made-up clinic that is thrown away afterwards", allow_abbrev=False
    )
    demo.set_defaults(run=_open_demo, takes_no_file=True)

    sample = commands.add_parser(
        "create-sample", help="make a clinic of made-up patients", allow_abbrev=False
    )
    sample.add_argument("path", type=Path, metavar="FILE", help="the file to make; it must not exist")
    sample.add_argument("--patients", type=_count, default=100, metavar="N", help="how many (100)")
    sample.add_argument("--sessions", type=_count, metavar="M", help="over all patients (ten for each)")
    sample.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same seed gives the same people (1)"
    )
    sample.set_defaults(run=_create_sample, takes_no_file=True)
    add_passphrase(sample)

    patients = commands.add_parser("patients", help="list patients", allow_abbrev=False)
    patients.add_argument(
        "find", nargs="?", default="", metavar="FIND", help="name, birth date, number, telephone"
    )
    patients.add_argument("--json", action="store_true", help="as JSON: mrn, name, birth_date")
    patients.set_defaults(run=_list_patients)
    add_passphrase(patients)
    add_user(patients)

    parse = commands.add_parser(
        "parse", help="read a typed line, as JSON: entries, problems", allow_abbrev=False
    )
    parse.add_argument(
        "--region", metavar="REGION", help="the region of motions that name none, such as lumbar"
    )
    parse.add_argument("line", metavar="LINE", help="what is typed, such as: L5 upa l III 3x45s ; pain 6>3")
    parse.set_defaults(run=_parse_line, takes_no_file=True)

    add_report(commands)
    add_export(commands)
    add_import(commands)

    backup = commands.add_parser(
        "backup", help="make a backup, also while the window is open", allow_abbrev=False
    )
    backup.add_argument("folder", type=Path, metavar="DEST", help="the folder to make it in")
    backup.set_defaults(run=_back_up)
    verify = commands.add_parser(
        "verify", help="read a clinic's file or a backup through, and prove it", allow_abbrev=False
    )
    verify.add_argument(
        "path", type=Path, nargs="?", metavar="PATH", help="a backup's folder or a clinic's file"
    )
    verify.set_defaults(run=_verify)
    restore = commands.add_parser("restore", help="put a backup in the clinic's place", allow_abbrev=False)
    restore.add_argument("source", type=Path, metavar="SOURCE", help="a backup's folder or a clinic's file")
    restore.set_defaults(run=_restore)
    audit = commands.add_parser("audit", help="who did what", allow_abbrev=False)
    audits = audit.add_subparsers(dest="audit", metavar="WHAT", required=True)
    audit_verify = audits.add_parser(
        "verify", help="work the audit's chain out anew, and say what does not hold", allow_abbrev=False
    )
    audit_verify.add_argument(
        "--backup", type=Path, metavar="FOLDER", help="compare with this backup of the same clinic, too"
    )
    audit_verify.add_argument(
        "--pdf", type=Path, metavar="FILE", help="compare with this signed document of the same clinic, too"
    )
    audit_verify.set_defaults(run=_verify_audit)
    for command in (backup, verify, restore, audit_verify):
        add_passphrase(command)
        add_user(command)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below zero")
    return number


def _open_window(arguments: argparse.Namespace) -> int:
    from ptnotes.app import run_app

    return run_app(["ptnotes"], file=arguments.file)


def _open_demo(_arguments: argparse.Namespace) -> int:
    from ptnotes.app import run_app

    return run_app(["ptnotes"], demo=True)


def _create_sample(arguments: argparse.Namespace) -> int:
    from ptnotes.services.people_of import clinic_exists

    if clinic_exists(arguments.path):
        raise EnvironmentFault("file.exists", path=str(arguments.path))
    passphrase = asked_passphrase(arguments.passphrase_file, twice=True)
    sessions = 10 * arguments.patients if arguments.sessions is None else arguments.sessions
    if sessions and not arguments.patients:
        raise InputError(Fault("sample.nobody", "sessions"))
    from ptnotes.domain.wording import how_many
    from ptnotes.services.sample import create_sample

    with telling_progress("patients") as progress:
        create_sample(
            arguments.path,
            patients=arguments.patients,
            sessions=sessions,
            seed=arguments.seed,
            passphrase=passphrase,
            progress=progress,
        )
    print(f"{arguments.path}: {how_many(arguments.patients, 'patient')}, {how_many(sessions, 'session')}")
    return 0


def _list_patients(arguments: argparse.Namespace) -> int:
    from ptnotes.domain.audit import Subject, Verb
    from ptnotes.services.audit import note_read
    from ptnotes.services.patients import find_patients

    with closing(opened(arguments)) as clinic:
        rows = find_patients(clinic, arguments.find, limit=_EVERY_PATIENT)
        note_read(clinic, Verb.SEARCHED, Subject.PATIENT, count=len(rows))
    if arguments.json:
        import json

        listed = [
            {"mrn": row.mrn, "name": row.name, "birth_date": row.birth_date.isoformat()} for row in rows
        ]
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return 0
    width = max((len(row.mrn) for row in rows), default=0)
    for row in rows:
        print(f"{row.mrn:<{width}}  {row.birth_date.isoformat()}  {row.name}")
    if not rows and arguments.find:
        say(sentence(NotFoundError("patient.none_match", find=arguments.find[:40])))
    return 0


def _parse_line(arguments: argparse.Namespace) -> int:
    import json

    from ptnotes.clinical import load_reference
    from ptnotes.notation import read, reading_data

    reference = load_reference()
    region = arguments.region
    if region is not None and region not in reference.regions:
        found = reference.find("regions", region)
        if not found:
            raise InputError(Fault("reference.unknown", "region", values={"value": region[:40]}))
        region = found[0].id
    print(json.dumps(reading_data(read(reference, arguments.line, region)), ensure_ascii=False, indent=1))
    return 0


def _back_up(arguments: argparse.Namespace) -> int:
    from ptnotes.services.backup import backup_clinic

    # Said before the passphrase is asked for.
    if not os.path.isdir(arguments.folder):  # noqa: PTH112 - never raises, whatever a share answers
        there = os.path.exists(arguments.folder)  # noqa: PTH110 - the same
        raise EnvironmentFault(
            "backup.not_a_folder" if there else "backup.no_folder", path=str(arguments.folder)
        )
    with closing(opened(arguments)) as clinic:
        made = backup_clinic(clinic, arguments.folder)
    print(f"{made.folder}: {_counted(made.contents)}, read back and compared")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from ptnotes.services.restore import proof_words, verify_clinic

    path = arguments.path or clinic_path(arguments)
    if not os.path.exists(path):  # noqa: PTH110 - never raises, whatever a share answers
        raise EnvironmentFault("file.missing", path=str(path))
    proof = verify_clinic(path, asked_passphrase(arguments.passphrase_file), arguments.user)
    print(f"{path}: {_counted(proof.contents)}, every page as it was written")
    return _told(proof_words(proof), "verify.does_not_hold", proof.problems)


def _restore(arguments: argparse.Namespace) -> int:
    from ptnotes.services.owner import owned
    from ptnotes.services.people_of import default_clinic_path
    from ptnotes.services.restore import restore_clinic

    path: Path = arguments.file or default_clinic_path()
    if not os.path.exists(arguments.source):  # noqa: PTH110 - never raises, whatever a share answers
        raise EnvironmentFault("backup.none", path=str(arguments.source))
    with owned(path):
        passphrase = asked_passphrase(arguments.passphrase_file)
        restored = restore_clinic(arguments.source, path, passphrase, arguments.user)
    print(f"{path}: {_counted(restored.contents)}, restored from {arguments.source}")
    if restored.kept is not None:
        print(f"The files that were there before are kept as {restored.kept}")
    return 0


def _verify_audit(arguments: argparse.Namespace) -> int:
    from ptnotes.domain.audit import problem_words
    from ptnotes.domain.wording import how_many
    from ptnotes.services.history import verify_audit
    from ptnotes.services.opening import open_clinic

    path, passphrase = clinic_path(arguments), asked_passphrase(arguments.passphrase_file)
    with closing(open_clinic(path, passphrase, arguments.user)) as clinic:
        found = verify_audit(clinic, arguments.backup, arguments.pdf, passphrase=passphrase)
    words = [problem_words(problem) for problem in found.problems]
    if not words:
        words = [
            f"{how_many(found.count, 'event')}, each as it was written; signed up to event {found.signed_up_to:,}"
        ]
    return _told(words, "audit.does_not_hold", len(found.problems))


def _told(lines: Sequence[str], code: str, problems: int) -> int:
    """Say what was found, and give the exit code: 1 where something does not hold."""
    for line in lines[:_MOST_PROBLEMS]:
        print(line)
    if problems:
        say(sentence(EnvironmentFault(code, count=f"{problems:,}")))
    return 1 if problems else 0


def _counted(contents: Contents) -> str:
    from ptnotes.domain.wording import how_many

    return f"{how_many(contents.patients, 'patient')}, {how_many(contents.visits, 'visit')}"
