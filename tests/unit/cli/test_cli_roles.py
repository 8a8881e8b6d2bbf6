"""The commands honour roles and people: what the window refuses, they refuse."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ptnotes import cli
from ptnotes.db.kdf import Kdf
from ptnotes.domain.people import Person, Role
from ptnotes.services.opening import OpenClinic
from ptnotes.services.people import add_person
from tests.clinics import PASSPHRASE
from tests.clock import FixedClock
from tests.signing import clinic_with_episode

OTHER = "three slow tin whistles"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with a passphrase of its own file; give (exit code, standard output, standard error)."""

    def run_command(passphrase: str, *words: str) -> tuple[int, str, str]:
        kept = tmp_path / "passphrase.txt"
        kept.write_text(passphrase)
        code = cli.main([*words, "--passphrase-file", str(kept)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_command


def staffed(folder: Path) -> OpenClinic:
    clinic, _episode = clinic_with_episode(folder, FixedClock())
    for name, role in (("F. Desk", Role.FRONT_DESK), ("M. Ito", Role.ASSISTANT)):
        add_person(clinic, Person(name=name, role=role), OTHER, kdf=Kdf())
    clinic.close()
    return clinic


@pytest.mark.parametrize(
    ("name", "refusal"), [("F. Desk", "read charts"), ("M. Ito", "make a progress report")]
)
def test_a_report_is_made_by_whoever_may(run: Run, tmp_path: Path, name: str, refusal: str) -> None:
    path = staffed(tmp_path).path
    report = tmp_path / "report.pdf"
    words = ("--file", str(path), "report", "progress", "--patient", "000123", "--out", str(report))
    code, out, err = run(OTHER, *words, "--user", name)
    assert (code, out) == (1, "")
    assert err == f"Your role does not let you {refusal}. Nothing was changed.\n"
    assert not report.exists()


def test_the_front_desk_lists_patients(run: Run, tmp_path: Path) -> None:
    path = staffed(tmp_path).path
    code, out, _err = run(OTHER, "--file", str(path), "patients", "--user", "F. Desk")
    assert code == 0
    assert "Moreau" in out


def test_a_wrong_person_and_a_wrong_passphrase_get_the_same_answer(run: Run, tmp_path: Path) -> None:
    path = staffed(tmp_path).path
    answers = {
        run(passphrase, "--file", str(path), "patients", "--user", name)
        for passphrase, name in ((PASSPHRASE, "F. Desk"), (OTHER, "Nobody"), (OTHER, "J. Rivera"))
    }
    assert answers == {(1, "", "Wrong person or passphrase. Nothing was opened.\n")}
