"""What is built to be installed elsewhere holds all that the app needs."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import ptnotes
from tests.architecture.source import ROOT

BUILD = """
import sys
from setuptools import build_meta
out = sys.argv[1]  # the builders put arguments of their own into its place
build_meta.build_wheel(out)
build_meta.build_sdist(out)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive, built from a copy of the tree."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("ptnotes", "resources"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-W", "ignore", "-c", BUILD, str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return out


def _expected() -> set[str]:
    """List what a wheel must hold, by its path in the wheel."""
    found = set()
    for folder, place in (("resources", "ptnotes/resources"), ("ptnotes", "ptnotes")):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                found.add(f"{place}/{file.relative_to(ROOT / folder).as_posix()}")
    return found


def test_the_wheel_holds_every_module_and_every_data_file(built: Path) -> None:
    wheel = next(built.glob("*.whl"))
    assert wheel.name.startswith(f"ptnotes-{ptnotes.__version__}-py3-none-any")
    with zipfile.ZipFile(wheel) as archive:
        assert _expected() - set(archive.namelist()) == set()


def test_the_source_archive_holds_every_module_and_every_data_file(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {name.replace("ptnotes/resources/", "resources/", 1) for name in _expected()}
    assert wanted - names == set()


def test_the_command_starts_what_the_project_says(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        entry_points = archive.read(f"ptnotes-{ptnotes.__version__}.dist-info/entry_points.txt").decode()
    assert "ptnotes = ptnotes.cli:main" in entry_points
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"ptnotes": "ptnotes.cli:main"}
