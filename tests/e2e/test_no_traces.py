"""An improbable name goes the whole way through the program; then all that the program wrote is searched for it."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.clinics import PASSPHRASE
from tests.e2e.planted import FAMILY_NAME, GIVEN_NAME, NOTE_WORDS, STREET

PATIENCE_S = 240
PLANTED = (FAMILY_NAME, GIVEN_NAME, NOTE_WORDS, STREET)

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="looks into the folders of a POSIX home"),
    pytest.mark.timeout(2 * PATIENCE_S),
]


def forms(word: str) -> set[bytes]:
    """The word in every form in which a program writes text down."""
    found = set()
    for one in {word, word.lower(), word.upper(), word.casefold()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"):
            found.add(one.encode(encoding))
        found.add(one.encode("latin-1", errors="ignore"))
        found.add(quote(one).encode())
        found.add(json.dumps(one)[1:-1].encode())
        found.add(one.encode("unicode_escape"))
        found.add(repr(one.encode())[2:-1].encode())
        # As QSettings writes an INI file.
        found.add(re.sub(r"[^\x20-\x7e]", lambda letter: f"\\x{ord(letter[0]):x}", one).encode())
        found.add(one.encode().hex().encode())
        for before in range(3):
            # The middle of it in base64, wherever in a text it begins.
            text = base64.b64encode(b"\0" * before + one.encode())
            found.add(text[4 : len(text) // 4 * 4 - 4])
    return {form for form in found if len(form) >= 6}


SOUGHT = frozenset().union(*(forms(word) for word in PLANTED))


def found_in(content: bytes) -> list[bytes]:
    return sorted(form for form in SOUGHT if form in content)


@dataclass(frozen=True)
class Scene:
    """The folders of a user who has nothing but this program. What is saved on purpose goes to `purpose`."""

    root: Path

    @property
    def purpose(self) -> Path:
        return self.root / "on purpose"

    @property
    def clinic(self) -> Path:
        return self.root / "data" / "clinic.ptnotes"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    def environment(self) -> dict[str, str]:
        """Everything that a program may write to lies below `root`."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
        home = {
            "HOME": self.root / "home",
            "TMPDIR": self.scratch,
            **{
                f"XDG_{name}_HOME": self.root / "home" / name.lower()
                for name in ("DATA", "CONFIG", "CACHE", "STATE")
            },
            "XDG_RUNTIME_DIR": self.root / "run",
        }
        for folder in home.values():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        here = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
        return (
            kept
            | {name: str(folder) for name, folder in home.items()}
            | here
            | {
                "QT_QPA_PLATFORM": "offscreen",
            }
        )

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[bytes]:
        """Run Python on a module with these arguments, in a folder of its own."""
        here = self.root / "here"
        here.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=here, env=self.environment(), input=typed.encode(), capture_output=True, check=False,
            timeout=PATIENCE_S,
        )  # fmt: skip

    def written(self) -> Iterator[Path]:
        """Every file below `root` that nobody saved on purpose."""
        for path in sorted(self.root.rglob("*")):
            if self.purpose not in path.parents and path.is_file():
                yield path

    def traces(self) -> list[str]:
        """Where something planted stands, by file and form; names of files and folders too."""
        told = []
        for path in self.written():
            content = path.read_bytes() + b"\n" + str(path.relative_to(self.root)).encode()
            told += [f"{path.relative_to(self.root)}: {form!r}" for form in found_in(content)]
        return told


def dumps() -> list[str]:
    """The names of files where this system puts memory dumps, if that is a folder."""
    pattern = Path("/proc/sys/kernel/core_pattern")
    if not pattern.exists() or not pattern.read_text(encoding="utf-8").startswith("/"):
        return []
    folder = Path(pattern.read_text(encoding="utf-8").strip()).parent
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    made = Scene(tmp_path_factory.mktemp("user"))
    made.purpose.mkdir()
    return made


@pytest.fixture(scope="module")
def walked(scene: Scene) -> subprocess.CompletedProcess[bytes]:
    """Go the whole way once: first start, chart, sign, report, backup, search, lock, faults, end."""
    return scene.run("tests.e2e.planted", "whole", str(scene.clinic), str(scene.purpose))


@pytest.mark.parametrize("form", sorted(SOUGHT, key=repr)[:400:7], ids=repr)
def test_the_search_itself_finds_each_form(form: bytes, tmp_path: Path) -> None:
    place = tmp_path / "home" / "file"
    place.parent.mkdir()
    place.write_bytes(b"\0before" + form + b"after\xff")
    assert Scene(tmp_path).traces()


def test_the_search_finds_a_name_in_the_name_of_a_file_and_passes_what_was_saved_on_purpose(
    tmp_path: Path,
) -> None:
    (tmp_path / "on purpose").mkdir()
    (tmp_path / "on purpose" / "kept").write_text(FAMILY_NAME, encoding="utf-8")
    assert Scene(tmp_path).traces() == []
    (tmp_path / f"report of {FAMILY_NAME}").touch()
    assert Scene(tmp_path).traces()


def test_the_whole_way_leaves_no_trace_but_what_was_saved_on_purpose(
    scene: Scene, walked: subprocess.CompletedProcess[bytes]
) -> None:
    complaint = walked.stderr.decode()
    assert walked.returncode == 0, complaint
    seen = json.loads(walked.stdout)
    assert seen["signed"] is True
    assert (scene.purpose / "saved on purpose.pdf").stat().st_size > 10_000
    names = [path.name for path in scene.written()]
    for wrote in ("clinic.ptnotes", "clinic.ptnotes.keys", "manifest.json", "window.ini"):
        assert wrote in names, names
    assert scene.traces() == []
    assert list(scene.scratch.iterdir()) == []


def test_a_fault_of_the_program_is_traced_without_a_word_of_the_patient(
    walked: subprocess.CompletedProcess[bytes],
) -> None:
    assert json.loads(walked.stdout)["fault behind the window"] == ["ValueError"]
    assert walked.stderr.count(b"ValueError") >= 1
    assert b"_stumble" in walked.stderr
    assert found_in(walked.stderr) == []


def test_nothing_of_the_patient_is_on_the_clipboard_the_task_bar_or_the_door_while_locked(
    walked: subprocess.CompletedProcess[bytes],
) -> None:
    seen = json.loads(walked.stdout)
    assert seen["clipboard before"] == FAMILY_NAME
    assert seen["clipboard while locked"] == ""
    assert seen["title while locked"] == "PT Notes"
    assert found_in(seen["words while locked"].encode()) == []


def test_the_name_offered_for_a_report_and_what_dialogs_remember_name_no_patient(
    scene: Scene, walked: subprocess.CompletedProcess[bytes]
) -> None:
    offered = json.loads(walked.stdout)["offered"]
    assert offered
    assert found_in(" ".join(offered).encode()) == []
    for path in scene.written():
        if path.suffix in (".conf", ".ini", ".xbel"):
            assert b"saved on purpose.pdf" not in path.read_bytes(), path


def test_commands_leave_no_trace_but_what_they_were_asked_to_show(
    scene: Scene, walked: subprocess.CompletedProcess[bytes]
) -> None:
    assert walked.returncode == 0
    secret = scene.root / "on purpose" / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    file = ("ptnotes", "--file", str(scene.clinic))
    passphrase = ("--passphrase-file", str(secret))
    report = str(scene.purpose / "by command.pdf")
    backups = scene.root / "backups by command"
    backups.mkdir()
    shown = scene.run(*file, "patients", FAMILY_NAME[:5], *passphrase)
    assert FAMILY_NAME.encode() in shown.stdout
    assert shown.stderr == b""
    for command in (
        ("report", "progress", "--patient", FAMILY_NAME, "--out", report, *passphrase),
        ("backup", str(backups), *passphrase),
        ("verify", *passphrase),
        ("audit", "verify", *passphrase),
    ):
        done = scene.run(*file, *command)
        assert done.returncode == 0, (command, done.stderr)
        assert found_in(done.stdout + done.stderr) == [], command
    refused = scene.run(
        *file, "report", "progress", "--patient", FAMILY_NAME, "--out", "/dev/full", *passphrase
    )
    assert refused.returncode != 0
    assert found_in(refused.stdout + refused.stderr) == []
    assert scene.traces() == []
    assert list(scene.scratch.iterdir()) == []


def test_a_crash_leaves_no_dump_and_no_trace_and_the_next_start_tidies_up(
    scene: Scene, walked: subprocess.CompletedProcess[bytes]
) -> None:
    assert walked.returncode == 0
    dumps_before = dumps()
    crashed = scene.run("tests.e2e.planted", "crash", str(scene.clinic), str(scene.purpose))
    assert crashed.returncode == -signal.SIGABRT, crashed.stderr.decode()
    assert found_in(crashed.stdout + crashed.stderr) == []
    assert scene.traces() == []
    assert [path for path in scene.written() if "core" in path.name.split(".")] == []
    assert dumps() == dumps_before
    assert [path for path in scene.scratch.iterdir() if path.is_dir()] != []
    assert scene.run("ptnotes", "parse", "--region", "lumbar", "L5").returncode == 0
    # What stays is the window's socket, of which the name says nothing; the next window takes its place.
    assert [path for path in scene.scratch.iterdir() if not path.is_socket()] == []
