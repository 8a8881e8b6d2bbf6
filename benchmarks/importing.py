"""Patients brought in from CSV, beside the same rows read by bare `csv` and written by bare `sqlcipher3`.

The bare program reads the file, folds the names for searching and writes the same tables: patients with their uuids,
parts of names, the trigram index and the items of the import, in transactions of a thousand rows. It checks nothing,
compares nobody with anybody, and no other program could save in between.
"""

from __future__ import annotations

import csv
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from uuid import uuid4

from benchmarks.clinics import PASSPHRASE, ROOT
from benchmarks.figure import Figure
from ptnotes.db import keyfile
from ptnotes.db.kdf import Kdf
from ptnotes.db.store import connect, raw_key
from ptnotes.domain.patient import digits_of
from ptnotes.domain.people import Clinic, Person
from ptnotes.domain.text import fold
from ptnotes.services.importing import import_patients, look_at
from ptnotes.services.opening import create_clinic, open_clinic

ROWS = 100_000
LEAST_ROWS_A_SECOND = 10_000
_TURN = 1_000
_HEADER = (
    "MRN",
    "Last Name",
    "First Name",
    "DOB",
    "Sex",
    "Phone",
    "E-mail",
    "Address 1",
    "City",
    "State",
    "Zip",
)
_SYLLABLES = "ma ro ki len dor sa vi tor bel an gri mo reau ster hal win ton ber ge lo é".split()  # noqa: SIM905 - reads better


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """Seconds by the clock and of the processor, and by how many bytes a row the process grew."""

    ours_s: float
    ours_cpu_s: float
    bare_s: float
    bare_cpu_s: float
    grown_bytes: float


def importing(rows: int = ROWS) -> list[Figure]:
    """An import of so many patients into an empty clinic, ours and bare in turns."""
    measured = measure(rows)
    aim_s = rows / LEAST_ROWS_A_SECOND
    return [
        Figure(
            name=f"{rows:,} patients imported, {rows / measured.ours_s:,.0f} rows/s",
            ours_ms=measured.ours_s * 1000,
            reference_name=f"the aim, {LEAST_ROWS_A_SECOND:,} rows/s",
            reference_ms=aim_s * 1000,
            limit=1.0,
            note=f"{measured.ours_cpu_s:.1f} s of the processor",
        ),
        Figure(
            name="the same, time of the processor",
            ours_ms=measured.ours_cpu_s * 1000,
            reference_name="same rows, bare csv and sqlcipher3",
            reference_ms=measured.bare_cpu_s * 1000,
            limit=1.15,
        ),
        Figure(
            name="the same, bytes of memory a row",
            ours_ms=measured.grown_bytes,
            reference_name="the aim, 25 bytes",
            reference_ms=25.0,
            limit=1.0,
        ),
    ]


def measure(rows: int) -> Importing:
    """Import a made-up list into two empty clinics, by the service and by hand."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = folder / "empty.ptnotes"
        create_clinic(empty, Clinic(name="Made up"), Person(name="Nobody"), PASSPHRASE, kdf=Kdf()).close()
        large, small = folder / "large.csv", folder / "small.csv"
        write_list(large, rows)
        write_list(small, rows // 2)
        bare_s, bare_cpu_s = _by_hand(_copy(empty, folder / "bare"), large)
        ours_s, ours_cpu_s = _by_service(_copy(empty, folder / "ours"), large)
        peaks = [_peak(_copy(empty, folder / f"peak-{file.stem}"), file) for file in (small, large)]
    grown = (peaks[1] - peaks[0]) / (rows - rows // 2)
    return Importing(
        ours_s=ours_s, ours_cpu_s=ours_cpu_s, bare_s=bare_s, bare_cpu_s=bare_cpu_s, grown_bytes=grown
    )


def write_list(path: Path, rows: int) -> None:
    """Write a list of made-up patients: names of many kinds, hardly anybody like anybody else."""
    rng = Random(1)
    families = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(20_000)]
    given = ["".join(rng.choices(_SYLLABLES, k=2)).title() for _ in range(800)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number in range(1, rows + 1):
            born = date(1930, 1, 1) + timedelta(days=rng.randint(0, 30_000))
            telephone = f"(555) {rng.randint(100, 999)}-{rng.randint(1000, 9999)}"
            street = f"{rng.randint(1, 999)} Harbour Street"
            writer.writerow(
                (
                    f"{number:06}", rng.choice(families), rng.choice(given), f"{born:%m/%d/%Y}", rng.choice("FM"),
                    telephone, f"p{number}@example.org", street, "Townville", "NY", "10001",
                )
            )  # fmt: skip


def _copy(empty: Path, folder: Path) -> Path:
    folder.mkdir()
    for source in (empty, keyfile.key_path(empty)):
        shutil.copy2(source, folder / source.name)
    return folder / empty.name


def _by_service(path: Path, file: Path) -> tuple[float, float]:
    clinic = open_clinic(path, PASSPHRASE)
    try:
        columns = look_at(clinic, file).map
        begun, begun_cpu = perf_counter(), process_time()
        import_patients(clinic, file, columns)
        return perf_counter() - begun, process_time() - begun_cpu
    finally:
        clinic.close()


def _peak(path: Path, file: Path) -> int:
    """By how many bytes a process of its own grows while it imports a file."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", str(path), str(file)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=600,
    )
    return int(done.stdout)


def main(path: str, file: str) -> None:
    """Import a file, and print by how many bytes the process grew at most meanwhile: Linux tells its pages."""
    pages = Path("/proc/self/statm")
    size = resource.getpagesize()
    clinic = open_clinic(Path(path), PASSPHRASE)
    columns = look_at(clinic, Path(file)).map
    taken = [int(pages.read_text("ascii").split()[1])]
    import_patients(
        clinic,
        Path(file),
        columns,
        progress=lambda _done, _total: taken.append(int(pages.read_text("ascii").split()[1])),
    )
    clinic.close()
    print((max(taken) - taken[0]) * size)


def _by_hand(path: Path, file: Path) -> tuple[float, float]:
    keys_at = keyfile.key_path(path)
    unlocked = keyfile.unlock(keyfile.read_keys(keys_at), PASSPHRASE, None, keys_at)
    connection = connect(path, raw_key(unlocked.data_key, unlocked.keys.file_id))
    begun, begun_cpu = perf_counter(), process_time()
    try:
        connection.execute(
            "INSERT INTO import_run (id, uuid, kind, started_at, person_id) VALUES (1, 'run', 'csv', ?, 1)",
            (_instant(),),
        )
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.reader(lines)
            next(reader)
            waiting = []
            for number, cells in enumerate(reader, 1):
                waiting.append((number, cells))
                if len(waiting) == _TURN:
                    _write(connection, waiting)
                    waiting = []
            _write(connection, waiting)
        return perf_counter() - begun, process_time() - begun_cpu
    finally:
        connection.close()


def _write(connection: Any, rows: list[tuple[int, list[str]]]) -> None:
    at = _instant()
    patients, parts, index, items = [], [], [], []
    for key, (mrn, family, given, born, sex, telephone, email, street, city, state, code) in rows:
        names = f"{fold(family)} {fold(given)}"
        digits = digits_of(telephone)
        day = datetime.strptime(born, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar date
        patients.append(
            (
                key, str(uuid4()), mrn, mrn, int(mrn), family, given, names, names, day.isoformat(),
                "female" if sex == "F" else "male", telephone, digits, email, f"{street}, {city}, {state} {code}", at,
            )
        )  # fmt: skip
        parts += [(part, key) for part in dict.fromkeys(names.split())]
        index.append((key, names, digits))
        items.append((1, key + 1, "patient", key))
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO patient (id, uuid, mrn, mrn_key, mrn_number, family_name, given_name, sort_name, search_text,"
        " birth_date, sex, telephone, telephone_digits, email, address, created_at, import_run_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        patients,
    )
    connection.executemany("INSERT INTO patient_name_part (part, patient_id) VALUES (?, ?)", parts)
    connection.executemany("INSERT INTO patient_search (rowid, name, digits) VALUES (?, ?, ?)", index)
    connection.executemany(
        "INSERT INTO import_item (import_run_id, row, object_kind, object_id) VALUES (?, ?, ?, ?)", items
    )
    connection.execute("COMMIT")


def _instant() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


if __name__ == "__main__":
    main(*sys.argv[1:3])
