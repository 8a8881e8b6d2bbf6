"""Bringing patients in from other systems."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ptnotes.cli.shared import add_passphrase, add_user, opened, say, telling_progress
from ptnotes.domain.errors import EnvironmentFault, Fault, InputError
from ptnotes.domain.sentences import sentence

if TYPE_CHECKING:
    from ptnotes.domain.importing import DryRun, Imported, ImportMap, Looked
    from ptnotes.services.opening import OpenClinic

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# Each command imports what it needs and no more: `--version` and the unlock screen must not wait for the store.
# ruff: noqa: PLC0415

_MOST_SHOWN = 1_000
_MOST_TOLD = 20
_LARGEST_MAP = 1_000_000
_HOW_TO_MEND = "Mend them in that file, and import it: its columns are known."
_HOW_TO_HAVE = (
    "To have them as a file with the reasons, import the list once more with --refused FILE: "
    "nobody is added twice."
)


def add_import(commands: Commands) -> None:
    """Add the command that brings patients in."""
    parser = commands.add_parser("import", help="bring patients in from another system", allow_abbrev=False)
    kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    patients = kinds.add_parser(
        "patients",
        help="patients of a CSV file, or of FHIR R4 in JSON; the columns are guessed from their names",
        allow_abbrev=False,
    )
    patients.add_argument("source", type=Path, metavar="FILE", help="the file to read")
    patients.add_argument(
        "--dry-run", action="store_true", help="say what would become of each row, and store nothing"
    )
    patients.add_argument(
        "--map", type=Path, metavar="FILE", help="how columns are read, as --write-map writes it"
    )
    patients.add_argument(
        "--write-map", type=Path, metavar="FILE", help="write how columns are read, and store nothing"
    )
    patients.add_argument(
        "--refused",
        type=Path,
        metavar="FILE",
        help="write the rows that were not imported here, with the reasons",
    )
    patients.set_defaults(run=partial(_import_patients, parser=patients))
    add_passphrase(patients)
    add_user(patients)


def _import_patients(arguments: argparse.Namespace, *, parser: argparse.ArgumentParser) -> int:
    if arguments.refused is not None and (arguments.dry_run or arguments.write_map is not None):
        parser.error("--refused goes with an import; nothing is imported here")
    from ptnotes.domain.encodings import ENCODING_WORDS
    from ptnotes.domain.wording import how_many
    from ptnotes.services.importing import dry_run, import_patients, look_at

    columns = None if arguments.map is None else _map_in(arguments.map)
    with closing(opened(arguments)) as clinic:
        with telling_progress("bytes") as tell:
            looked = look_at(clinic, arguments.source, told=columns, progress=tell)
        # Where the header stands is looked up in the file: a map may be older than the titles above it.
        if columns is None:
            columns = looked.map
        else:
            is_said = columns.order_is_said or looked.dates.needs_order
            columns = replace(columns, header_row=looked.map.header_row, order_is_said=is_said)
        for line in _told(looked, columns, is_map_given=arguments.map is not None):
            say(line)
        if arguments.write_map is not None:
            _write_map(arguments.write_map, columns)
            return 0
        if (
            looked.dates.is_ambiguous
            and arguments.map is None
            and (looked.dates.is_mixed or not looked.is_order_remembered)
            and not arguments.dry_run
        ):
            # A guess that turns birth dates about is not made in silence: somebody has to have said it.
            code = "import.say_order_mixed" if looked.dates.is_mixed else "import.say_order"
            raise InputError(Fault(code, "import.date_order"))
        if (
            looked.letters.is_guess
            and looked.letters.is_odd
            and arguments.map is None
            and not arguments.dry_run
        ):
            letters = ENCODING_WORDS[columns.encoding]
            raise InputError(Fault("import.say_letters", "import.reading", values={"letters": letters}))
        if arguments.dry_run:
            with telling_progress("bytes") as tell:
                tried = dry_run(clinic, arguments.source, columns, progress=tell)
            _show(clinic, tried)
            return 0
        with telling_progress("rows") as tell:
            done = import_patients(
                clinic, arguments.source, columns, refused=arguments.refused, progress=tell
            )
        print(
            f"Import {done.run_id}: {how_many(done.made, 'patient')} added of {how_many(done.rows, 'row')}, "
            f"{done.left_out:,} left out as known already, {done.refused:,} refused"
        )
        return _told_after(clinic, done)


def _told_after(clinic: OpenClinic, done: Imported) -> int:
    """Say what was not imported, and give the exit code: 1 where that is more than those who are known already."""
    from ptnotes.domain.importing import RowKind
    from ptnotes.domain.wording import how_many
    from ptnotes.services.import_not_added import rows_not_added

    if done.has_changed:
        say("The file was changed while it was read. Undo this import, and do it again.")
    elif done.refused:
        for row in rows_not_added(clinic, done, kind=RowKind.REFUSED, limit=_MOST_TOLD):
            print(f"row {row.number}  refused  {' '.join(row.reasons)}")
        if (more := done.refused - _MOST_TOLD) > 0:
            print(f"and {how_many(more, 'more row')} refused")
    if done.refused_path is not None:
        print(f"What was not imported is in {done.refused_path}, with the reasons")
    if done.broken_off is not None:
        say(sentence(done.broken_off))
    if done.refused:
        are = "row was" if done.refused == 1 else "rows were"
        say(f"{done.refused:,} {are} refused. {_HOW_TO_HAVE if done.refused_path is None else _HOW_TO_MEND}")
    return 1 if done.refused or done.broken_off is not None or done.has_changed else 0


def _told(looked: Looked, columns: ImportMap, *, is_map_given: bool) -> list[str]:
    """How the file is read, in lines."""
    from ptnotes.domain.encodings import ENCODING_WORDS
    from ptnotes.domain.importing import TARGET_WORDS, FileKind, Target, dates_words, header_words
    from ptnotes.domain.wording import how_many
    from ptnotes.exchange.csv_in import SEPARATOR_WORDS

    if columns.kind is FileKind.FHIR:
        lines = [f"FHIR in JSON, {how_many(looked.rows, 'row')}"]
        return lines if looked.broken_off is None else [*lines, sentence(looked.broken_off)]
    letters, separator = ENCODING_WORDS[columns.encoding], SEPARATOR_WORDS[columns.separator]
    lines = [f"CSV in {letters}, {separator} between cells, {how_many(looked.rows, 'row')}"]
    lines += _letters_told(looked, columns.encoding, is_map_given=is_map_given)
    if columns.has_header:
        lines.append(f"The names of the columns are in {header_words(looked.top, columns.header_row)}")
    else:
        lines.append("The columns have no names")
    lines += [
        f"  {name or '(no name)'}: {TARGET_WORDS[target] if target is not None else 'not taken over'}"
        for name, target in zip(columns.header, columns.targets, strict=True)
    ]
    if Target.FULL_NAME in columns.targets:
        lines.append(
            f"    Where it is “Given Family”, a map says {Target.FULL_NAME_GIVEN_FIRST.value} of that column"
        )
    doubt = ", which the file does not tell" if looked.dates.is_ambiguous else ""
    if looked.dates.is_mixed:
        doubt = ", though some of the file can only be read in the other order"
    lines.append(f"{dates_words(looked.dates, columns.date_order)}{doubt}")
    return lines


def _letters_told(looked: Looked, encoding: str, *, is_map_given: bool) -> list[str]:
    """What is said of letters that nothing in the file tells, with names as they are read, in lines."""
    from ptnotes.domain.encodings import ENCODING_WORDS

    letters = looked.letters
    if not letters.names or not (letters.is_odd or letters.is_guess):
        return []
    names = "; ".join(letters.samples)
    if not letters.is_guess:
        return [f"Letters of some names may be harmed in the file: {names}"]
    told = "A map says" if is_map_given else "Nothing in the file tells"
    lines = [f"{told} how its letters are stored. Names as they are read now: {names}"]
    others = [one for one in letters.likely if one[0] != encoding]
    if letters.is_odd and others:
        lines.append("They look wrong. The same names in other encodings, each by its word for a map:")
        lines += [f"  {name}, {ENCODING_WORDS[name]}: {'; '.join(found)}" for name, found in others]
    return lines


def _show(clinic: OpenClinic, tried: DryRun) -> None:
    """Say row by row what is not plainly added, and then the counts."""
    from ptnotes.domain.importing import RowKind
    from ptnotes.domain.wording import how_many
    from ptnotes.services.importing import dry_run_rows

    for kind, word in ((RowKind.DUPLICATE, "known already"), (RowKind.REFUSED, "refused")):
        for row in dry_run_rows(clinic, tried, kind, limit=_MOST_SHOWN):
            who = "" if row.patient is None else f"  {row.patient.birth_date.isoformat()}  {row.patient.name}"
            print(f"row {row.number}  {word}{who}  {' '.join(row.reasons)}")
            if row.other is not None:
                known = row.other.patient
                where = f"row {row.other.row}" if row.other.row is not None else f"number {known.mrn}"
                print(f"    beside {where}  {known.birth_date.isoformat()}  {known.name}")
        if (more := {RowKind.DUPLICATE: tried.duplicates}.get(kind, tried.refused) - _MOST_SHOWN) > 0:
            print(f"and {how_many(more, 'more row')} {word}")
    if tried.broken_off is not None:
        print(sentence(tried.broken_off))
    print(
        f"{how_many(tried.rows, 'row')}: {tried.made:,} would be added, "
        f"{tried.duplicates:,} left out as known already, {tried.refused:,} refused. Nothing was stored."
    )


def _map_in(path: Path) -> ImportMap:
    from ptnotes.exchange.map_text import read_map

    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_MAP)
        return read_map(raw.decode("utf-8-sig"))
    except FileNotFoundError:
        raise EnvironmentFault("import.missing", path=str(path)) from None
    except (OSError, UnicodeDecodeError):
        raise InputError(Fault("import.map", "import.map")) from None


def _write_map(path: Path, columns: ImportMap) -> None:
    from ptnotes.exchange.map_text import map_text

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(map_text(columns) + "\n")
    except FileExistsError:
        raise EnvironmentFault("import.there", path=str(path)) from None
    except (FileNotFoundError, NotADirectoryError):
        raise EnvironmentFault("folder.missing", path=str(path)) from None
    except OSError:
        raise EnvironmentFault("disk.read_only", path=str(path)) from None
    print(f"{path}: how the columns are read")
