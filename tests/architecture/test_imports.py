"""Who may import whom, and what a start costs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

# Migration scripts are run by Alembic, which hands them a connection; they cannot be imported alone.
IMPORT_THE_CORE = """
import importlib, pkgutil, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(f"{name} is not to be had here")

sys.meta_path.insert(0, NoQt())
import ptnotes
names = []
for module in pkgutil.walk_packages(ptnotes.__path__, "ptnotes."):
    room = module.name.split(".")[1]
    if room in {"ui", "app", "__main__", "cli"} or ".migrations." in module.name:
        continue
    importlib.import_module(module.name)
    names.append(module.name)
print(len(names))
"""
IMPORT_THE_START = """
import sys
import ptnotes.app, ptnotes.ui.remembered, ptnotes.ui.shell, ptnotes.ui.tasks, ptnotes.ui.theme
assert "PySide6.QtWidgets" in sys.modules
heavy = {"sqlalchemy", "alembic", "sqlcipher3", "reportlab", "pikepdf", "cryptography", "zxcvbn", "pypdfium2", "PIL"}
print(sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""
RUN_CONTRACTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def _python(code: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=150, check=False)


def test_imports_go_down_the_rooms_only() -> None:
    done = _python(RUN_CONTRACTS, "--no-logo")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_contract_is_seen(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "roof.py").touch()
    (package / "cellar.py").write_text("import house.roof\n", encoding="utf-8")
    config = tmp_path / ".importlinter"
    config.write_text(
        "[importlinter]\nroot_package = house\n\n"
        "[importlinter:contract:rooms]\nname = Rooms\ntype = layers\nlayers =\n    house.roof\n    house.cellar\n",
        encoding="utf-8",
    )
    done = _python(RUN_CONTRACTS, "--no-cache", "--no-logo", "--config", str(config), cwd=tmp_path)
    assert done.returncode == 1
    assert "house.cellar -> house.roof" in done.stdout


def test_everything_below_the_screens_runs_without_qt() -> None:
    done = _python(IMPORT_THE_CORE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_the_first_window_waits_for_no_heavy_library() -> None:
    done = _python(IMPORT_THE_START)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", [[], ["nonsense"]])
def test_the_launcher_explains_itself_where_it_is_misused(verb: list[str]) -> None:
    command = [sys.executable, "tools/dev.py", *verb]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 2
    assert "setup" in done.stderr
