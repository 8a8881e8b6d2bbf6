"""The launcher says in one sentence what the machine lacks, and does nothing twice."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dev() -> ModuleType:
    """A launcher of the test's own, so that what it changes there stays there."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "tools" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_launcher_can_be_read_by_an_old_python() -> None:
    source = (ROOT / "tools" / "dev.py").read_text(encoding="ascii")
    ast.parse(source, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("if (n := 1): pass", feature_version=(3, 6))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_one_sentence_says_so() -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "tools/dev.py", "run"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "PT Notes opens a window, and there is no screen here (DISPLAY is not set).\n"


def test_a_python_out_of_range_is_told_which_ones_will_do(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "OLDEST", (3, 99))
    monkeypatch.setattr(dev, "NEWEST", (3, 99))
    with pytest.raises(
        dev.SetupError, match=r"PT Notes needs Python 3\.11 to 3\.14; this is Python 3\.\d+\.$"
    ):
        dev.find_python()


def test_another_python_on_the_path_is_found_where_this_one_will_not_do(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if os.name == "nt":
        pytest.skip("makes a shell script")
    fake = tmp_path / "python3.13"
    fake.write_text("#!/bin/sh\necho 3.13\n", encoding="ascii")
    fake.chmod(0o755)
    broken = tmp_path / "python3.14"
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="ascii")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
    assert dev.find_python() == ["python3.13"]


def test_without_root_the_packages_are_named_in_one_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "may_install", lambda: None)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    missing = {"libEGL.so.1": "libegl1", "Python's modules venv and ensurepip": "python3.11-venv"}
    with pytest.raises(dev.SetupError) as caught:
        dev.install_system(missing)
    assert str(caught.value) == (
        "PT Notes needs system packages that only root can install: apt-get install libegl1 python3.11-venv"
    )


def test_on_a_system_without_apt_the_libraries_are_named(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.SetupError, match=r"PT Notes needs these on this system: libEGL\.so\.1\."):
        dev.install_system({"libEGL.so.1": "libegl1"})


@pytest.mark.skipif(sys.platform != "linux", reason="shared libraries are looked for on Linux alone")
def test_a_library_that_cannot_be_loaded_is_missing(dev: ModuleType) -> None:
    libraries = {"libc.so.6": "libc6", "libnot-there.so.1": "libnot-there1"}
    assert dev.missing_libraries(libraries) == {"libnot-there.so.1": "libnot-there1"}


def test_a_setup_that_is_up_to_date_starts_nothing(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(dev, "VENV", str(tmp_path))
    monkeypatch.setattr(dev, "STAMP", str(tmp_path / "stamp.json"))
    monkeypatch.setattr(dev, "venv_python", lambda: sys.executable)
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "run", started.append)
    dev.set_up("dev")
    assert len(started) == 2
    assert "--require-hashes" in started[0]
    assert "--no-build-isolation" in started[1]
    dev.set_up("dev")
    dev.set_up("run")  # all of it is in the dev lock
    assert len(started) == 2


def test_a_changed_lock_is_installed_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(dev, "STAMP", str(tmp_path / "stamp.json"))
    monkeypatch.setattr(dev, "venv_python", lambda: sys.executable)
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "run", started.append)
    dev.set_up("dev")
    (tmp_path / "stamp.json").write_text('{"dev": "of an older lock"}', encoding="ascii")
    dev.set_up("dev")
    assert len(started) == 4


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_the_locks_pin_every_library_by_hash_and_name_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="ascii")
    pinned = re.findall(r"^[\w.-]+==\S+(?: ;.*)? \\\n(?=    --hash=sha256:)", text, flags=re.MULTILINE)
    named = re.findall(r"^[a-z]", text, flags=re.MULTILINE)
    assert len(pinned) == len(named) > 10
    assert "://" not in text
    assert re.search(r"^setuptools==", text, flags=re.MULTILINE)


def test_both_locks_agree_on_every_version() -> None:
    def pins(lock: str) -> set[str]:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="ascii")
        return set(re.findall(r"^[\w.-]+==[\w.]+", text, flags=re.MULTILINE))

    assert pins("run") < pins("dev")
