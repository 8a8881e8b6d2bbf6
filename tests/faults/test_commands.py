"""What is wrong with the files of a clinic is said in one sentence, nothing is changed by it, and nothing is lost."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ptnotes.db.kdf import Kdf
from ptnotes.db.keyfile import key_path
from ptnotes.db.store import PAGE_BYTES
from ptnotes.domain.errors import EnvironmentFault
from ptnotes.domain.sentences import sentence
from ptnotes.services.opening import create_clinic, open_clinic
from ptnotes.services.patients import add_patient, find_patients
from tests.clinics import CLINIC, PASSPHRASE, PATIENT, PERSON
from tests.clock import FixedClock
from tests.faults.conftest import PATIENTS, Run
from tests.faults.places import unprivileged

Harm = Callable[[Path], None]


def cut_to(share: float) -> Harm:
    def harm(path: Path) -> None:
        os.truncate(path, int(path.stat().st_size * share) // PAGE_BYTES * PAGE_BYTES)

    return harm


def flip(at: int) -> Harm:
    """Change one bit of the byte `at`, counted from the end where it is below 0."""

    def harm(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    return harm


def write(content: bytes) -> Harm:
    def harm(path: Path) -> None:
        path.write_bytes(content)

    return harm


def of_keys(harm: Harm) -> Harm:
    return lambda path: harm(key_path(path))


def put_other_clinic(path: Path, suffix: str) -> None:
    """Put the database ("") or the keys (".keys") of another clinic in the place of this one's."""
    other = path.with_name("other.ptnotes")
    create_clinic(other, CLINIC, PERSON, PASSPHRASE, clock=FixedClock(), kdf=Kdf()).close()
    shutil.copy2(f"{other}{suffix}", f"{path}{suffix}")


HARMS: dict[str, tuple[Harm, str]] = {
    "the file is gone": (lambda path: path.unlink(), "There is no clinic file at"),
    "the folder is gone": (lambda path: shutil.rmtree(path.parent), "There is no clinic file at"),
    "the file is empty": (cut_to(0), "is cut short and was not opened"),
    "half of the file is gone": (cut_to(0.5), "is cut short and was not opened"),
    "the end of the file is gone": (
        lambda path: os.truncate(path, path.stat().st_size - 700),
        "is cut short",
    ),
    "a byte of the first bytes is flipped": (flip(3), "is damaged and was not opened"),
    "a byte of the first page is flipped": (flip(900), "is damaged and was not opened"),
    "the file is another program's": (write(b"%PDF-1.7\n" + bytes(9000)), "is not a PT Notes file"),
    "the file is another clinic's": (
        lambda path: put_other_clinic(path, ""),
        "belongs to another clinic file",
    ),
    "the key file is gone": (of_keys(lambda path: path.unlink()), "is missing. Put it back"),
    "the key file is empty": (of_keys(write(b"")), "is damaged"),
    "half of the key file is gone": (
        of_keys(lambda path: os.truncate(path, path.stat().st_size // 2)),
        "is damaged",
    ),
    "a byte of the key file's seal is flipped": (of_keys(flip(-8)), "is damaged"),
    "the key file is another clinic's": (
        lambda path: put_other_clinic(path, ".keys"),
        "belongs to another clinic file",
    ),
}


def patients_in(path: Path) -> int:
    with closing(open_clinic(path, PASSPHRASE, clock=FixedClock())) as clinic:
        return len(find_patients(clinic, "", limit=10_000))


def is_one_sentence(said: str) -> bool:
    return (
        said.count("\n") == 1 and "Traceback" not in said and "{" not in said and said.rstrip().endswith(".")
    )


@pytest.mark.parametrize("what", HARMS)
def test_a_harmed_file_is_told_in_one_sentence_and_left_as_it_is(
    clinic_file: Path, run: Run, what: str
) -> None:
    harm, words = HARMS[what]
    kept = clinic_file.parent.parent / "kept"
    shutil.copytree(clinic_file.parent, kept)
    harm(clinic_file)
    parts = [part for part in (clinic_file, key_path(clinic_file)) if part.exists()]
    before = [part.read_bytes() for part in parts]
    for argv in (["--file", clinic_file, "patients"], ["verify", clinic_file]):
        code, said = run(*argv)
        assert code == 1
        # Who reads all of it may come upon what is damaged before they come to the end that is not there.
        assert words in said or (argv[0] == "verify" and "is damaged" in said)
        assert is_one_sentence(said), said
    assert [part.read_bytes() for part in parts] == before
    # What was put back opens with all that was in it.
    clinic_file.parent.mkdir(exist_ok=True)
    for part in (clinic_file, key_path(clinic_file)):
        shutil.copy2(kept / part.name, part)
    assert patients_in(clinic_file) == PATIENTS


def test_a_byte_flipped_in_the_middle_is_found_when_it_is_read(clinic_file: Path, run: Run) -> None:
    pages = clinic_file.stat().st_size // PAGE_BYTES
    whole = clinic_file.read_bytes()
    found = 0
    for page in range(pages // 2, pages, max(1, pages // 12)):
        clinic_file.write_bytes(whole)
        flip(page * PAGE_BYTES + 777)(clinic_file)
        code, said = run("verify", clinic_file)
        assert code == 1
        assert "is damaged" in said
        assert is_one_sentence(said), said
        found += 1
    assert found >= 6


DENIED: dict[str, tuple[Callable[[Path], None], str]] = {
    "the file": (lambda path: path.chmod(0), "may not be opened with this account"),
    "the key file": (lambda path: key_path(path).chmod(0), "may not be opened with this account"),
    "the folder": (lambda path: path.parent.chmod(0), "may not be opened with this account"),
}


@pytest.mark.parametrize("what", DENIED)
def test_a_permission_that_is_denied_is_told(clinic_file: Path, run: Run, what: str) -> None:
    deny, words = DENIED[what]
    with unprivileged(clinic_file.parent):
        deny(clinic_file)
        code, said = run("--file", clinic_file, "patients")
    assert code == 1
    assert words in said
    assert is_one_sentence(said), said
    clinic_file.parent.chmod(0o700)
    for part in (clinic_file, key_path(clinic_file)):
        part.chmod(0o600)
    assert patients_in(clinic_file) == PATIENTS


def test_a_folder_that_cannot_be_written_is_told_and_left_as_it_is(clinic_file: Path, run: Run) -> None:
    before = clinic_file.read_bytes()
    with unprivileged(clinic_file.parent):
        clinic_file.parent.chmod(0o500)
        code, said = run("--file", clinic_file, "patients")
    assert code == 1
    assert "cannot be written. Nothing was changed" in said
    assert is_one_sentence(said), said
    assert clinic_file.read_bytes() == before
    clinic_file.parent.chmod(0o700)
    assert patients_in(clinic_file) == PATIENTS


def test_a_file_that_cannot_be_written_is_read_and_a_change_is_refused(clinic_file: Path, run: Run) -> None:
    before = clinic_file.read_bytes()
    with unprivileged(clinic_file.parent):
        clinic_file.chmod(0o400)
        assert run("--file", clinic_file, "patients")[0] == 0
        with closing(open_clinic(clinic_file, PASSPHRASE, clock=FixedClock())) as clinic:
            # Who reads cannot be written down; the window tells so over every chart.
            assert clinic.unlogged
            with pytest.raises(EnvironmentFault) as raised:
                add_patient(clinic, replace(PATIENT, mrn="new"))
    assert "cannot be written. Nothing was changed" in sentence(raised.value)
    assert clinic_file.read_bytes() == before
    clinic_file.chmod(0o600)
    assert patients_in(clinic_file) == PATIENTS


def test_no_clinic_is_made_where_nothing_may_be_written(folder: Path) -> None:
    with unprivileged(folder):
        folder.chmod(0o500)
        with pytest.raises(EnvironmentFault) as raised:
            create_clinic(folder / "data" / "clinic.ptnotes", CLINIC, PERSON, PASSPHRASE, kdf=Kdf())
    assert "may not be opened with this account" in sentence(raised.value)
    assert list(folder.iterdir()) == []
