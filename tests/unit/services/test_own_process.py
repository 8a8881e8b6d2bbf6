"""What a process leaves behind, tried in one of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TRY = """
import os, resource, stat, sys, threading
from ptnotes.services.own_process import keep_to_itself
keep_to_itself()
print(resource.getrlimit(resource.RLIMIT_CORE))
open(sys.argv[1], "w").close()
print(oct(stat.S_IMODE(os.stat(sys.argv[1]).st_mode)))
def fail():
    name = "Zyxwvut" + "sson"
    raise ValueError(name)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""

# On Linux a limit of 1 keeps the dump from a crash handler too, which a limit of 0 does not.
DUMP = "(1, 1)" if sys.platform == "linux" else "(0, 0)"
USE_TEMPORARY_FILES = """
import os, sys, tempfile
from pathlib import Path
from ptnotes.services.own_process import keep_to_itself
keep_to_itself()
kept = tempfile.NamedTemporaryFile(delete=False)
kept.write(b"Zyxwvutsson")
kept.close()
print(kept.name, oct(Path(kept.name).parent.stat().st_mode & 0o777), flush=True)
if sys.argv[1] == "wait":
    sys.stdin.readline()
if sys.argv[1] == "abort":
    os.abort()
"""


def use_temporary_files(scratch: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE_TEMPORARY_FILES, how],
        env={**os.environ, "TMPDIR": str(scratch)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="looks for modes of POSIX")
def test_temporary_files_lie_in_a_private_folder_that_goes_with_the_process(tmp_path: Path) -> None:
    said, complaint = use_temporary_files(tmp_path, "end").communicate(timeout=150)
    name, mode = said.split()
    assert (Path(name).parent.parent, mode, complaint) == (tmp_path, "0o700", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a signal of POSIX")
def test_what_a_crash_left_goes_at_the_next_start_and_what_is_in_use_stays(tmp_path: Path) -> None:
    crashed = use_temporary_files(tmp_path, "abort")
    crashed.communicate(timeout=150)
    assert crashed.returncode == -signal.SIGABRT
    (left,) = tmp_path.iterdir()
    lives = use_temporary_files(tmp_path, "wait")
    assert lives.stdout is not None
    in_use = Path(lives.stdout.readline().split()[0])
    assert list(tmp_path.iterdir()) == [in_use.parent]
    use_temporary_files(tmp_path, "end").communicate(timeout=150)
    assert in_use.read_bytes() == b"Zyxwvutsson"
    assert not left.exists()
    lives.communicate("\n", timeout=150)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_only_points_elsewhere_is_left_alone(tmp_path: Path) -> None:
    elsewhere, scratch = tmp_path / "elsewhere", tmp_path / "scratch"
    elsewhere.mkdir()
    scratch.mkdir()
    (elsewhere / "kept").touch()
    (scratch / "ptnotes-of-one-start-x").symlink_to(elsewhere)
    use_temporary_files(scratch, "end").communicate(timeout=150)
    assert [path.name for path in elsewhere.iterdir()] == ["kept"]


@pytest.mark.skipif(sys.platform == "win32", reason="asks for limits and modes of POSIX")
def test_a_process_dumps_nothing_and_traces_faults_without_values(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY, f"{tmp_path}/new"], capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:2] == [DUMP, "0o600"]
    assert done.returncode == 1
    assert done.stderr.count("in fail") == 2
    assert done.stderr.count("ValueError") == 2
    assert "Zyxwvut" not in done.stderr
