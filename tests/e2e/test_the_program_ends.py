"""The program as the system starts and ends it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_S = 90


@pytest.mark.skipif(sys.platform == "win32", reason="Windows closes a window by a message, not by a signal")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("meanwhile_s", [0.0, 3.0], ids=["while it is made", "when it is open"])
def test_a_demo_that_the_system_ends_leaves_nothing_behind(tmp_path: Path, meanwhile_s: float) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch), "QT_QPA_PLATFORM": "offscreen"}
    program = subprocess.Popen(
        [sys.executable, "-m", "ptnotes", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not list(scratch.glob("*/ptnotes-demo-*/*")) and time.monotonic() < deadline:
            assert program.poll() is None
            time.sleep(0.05)
        time.sleep(meanwhile_s)
        program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=PATIENCE_S)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0
    assert list(scratch.iterdir()) == []
    assert "Traceback" not in said


def test_without_a_screen_the_program_says_so_in_one_sentence(tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a screen here")
    run = subprocess.run(
        [sys.executable, "-m", "ptnotes"], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.count("\n") == 1
    assert "needs a screen" in run.stderr
