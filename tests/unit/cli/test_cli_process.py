"""The commands as processes of their own: what a shell sees."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ptnotes.services.sample import create_demo

PASSPHRASE = "made-up words for a test"


@pytest.fixture(scope="module")
def clinic_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("process") / "clinic.ptnotes"
    create_demo(path, PASSPHRASE).close()
    return path


def ptnotes(*argv: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ptnotes", *map(str, argv)],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
        timeout=150,
    )


def test_the_version_needs_no_library_but_our_own() -> None:
    code = (
        "import sys; from ptnotes.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'PySide6', 'reportlab', 'cryptography', 'sqlcipher3'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_passphrase_comes_through_a_pipe_and_names_come_out_whole(clinic_file: Path) -> None:
    done = ptnotes("--file", clinic_file, "patients", stdin=f"{PASSPHRASE}\n", LC_ALL="C", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Moreau, Hélène" in done.stdout
    assert "Παπαδάκης, Νίκος" in done.stdout


def test_a_reader_that_stops_reading_is_no_fault(clinic_file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ptnotes", "--file", str(clinic_file), "patients", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(f"{PASSPHRASE}\n".encode())
        process.stdin.close()
        errors = process.stderr.read()
        process.wait(150)
    assert errors == b""


def test_without_a_screen_the_window_says_so_in_one_sentence() -> None:
    done = ptnotes("demo", QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    if sys.platform in ("win32", "darwin"):
        pytest.skip("these systems always have a screen")
    assert done.returncode == 1
    assert done.stderr.startswith("PT Notes needs a screen")
    assert done.stderr.count("\n") == 1
