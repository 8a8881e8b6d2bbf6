"""The rules of the house that no lint knows."""

import ast
import importlib
import inspect
import re
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from tests.architecture.source import PACKAGE, ROOT, classes, methods, modules, room

LARGEST_MODULE_LINES = 500
LARGEST_WIDGET_LINES = 300
LARGEST_WIDGET_METHODS = 20
VAGUE = {"utils", "util", "manager", "managers", "common", "helpers", "helper", "misc"}
REGISTRIES = ("py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".org", "deb." + "debian.org")
# Written apart, so that this file does not name them either.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")
NETWORK_MODULES = {
    "socket",
    "urllib.request",
    "http.client",
    "http.server",
    "ftplib",
    "smtplib",
    "ssl",
    "requests",
}


def _tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout of the repository")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in modules() if VAGUE & set(Path(path).with_suffix("").parts)] == []


def test_no_class_is_a_bare_session() -> None:
    found = [
        path for path in modules() for node in classes(path) if node.name in {"Session", "SessionManager"}
    ]
    assert found == []


def test_no_module_is_longer_than_can_be_read() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > LARGEST_MODULE_LINES} == {}


def test_no_widget_does_everything() -> None:
    too_large = []
    for path in modules():
        if room(path) != "ui":
            continue
        for node in classes(path):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LARGEST_WIDGET_LINES or len(methods(node)) > LARGEST_WIDGET_METHODS:
                too_large.append(f"{path}: {node.name} has {len(methods(node))} methods in {lines} lines")
    assert too_large == []


def test_no_slot_is_a_lambda_that_holds_its_widget() -> None:
    # Such a connection keeps the widget alive after it was closed.
    found = []
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr != "connect" or not node.args or not isinstance(node.args[0], ast.Lambda):
                continue
            if any(isinstance(name, ast.Name) and name.id == "self" for name in ast.walk(node.args[0])):
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_no_code_pumps_the_event_loop() -> None:
    assert [path for path in modules() if "processEvents" in (ROOT / path).read_text(encoding="utf-8")] == []


def _opened_by_pdfium(tree: ast.AST) -> set[int]:
    """The lines on which a PDF is opened."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("PdfDocument")
    }


def test_where_there_is_a_window_pdfium_is_asked_by_one_thread_at_a_time() -> None:
    # The window draws pages in threads of its own: a test that reads a PDF beside them ends the process now and then.
    opened, held = set(), set()
    for room_of in ("ptnotes", "tests/ui", "tests/e2e"):
        for file in (ROOT / room_of).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            opened |= {(file, line) for line in _opened_by_pdfium(tree)}
            for node in ast.walk(tree):
                if isinstance(node, ast.With) and ast.unparse(node.items[0]).endswith("ONE_AT_A_TIME"):
                    held |= {(file, line) for item in node.items for line in _opened_by_pdfium(item)}
    assert len(opened) > 5
    assert opened - held == set()


def _imported(node: ast.AST) -> set[str]:
    """Give the dotted names that an import statement may bind a module by."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return set()


def test_nothing_in_the_package_can_reach_the_network() -> None:
    found = []
    for path, tree in modules().items():
        names = set().union(*(_imported(node) for node in ast.walk(tree)))
        # A second start speaks to the first one through a local socket, which reaches no network.
        qt = {name for name in names if name.startswith("PySide6.QtNetwork.")}
        local = {"PySide6.QtNetwork.QLocalServer", "PySide6.QtNetwork.QLocalSocket"}
        found += [f"{path}: {name}" for name in (names & NETWORK_MODULES) | (qt - local)]
    assert found == []


def test_nothing_is_left_for_later_in_the_source() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in _tracked_files()
        if file.suffix in {".py", ".toml", ".md", ".sh", ".yml"} or file.name in {"Makefile", "run"}
        for number, line in enumerate(_text(file).splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_file_names_the_address_of_a_package_registry() -> None:
    found = [
        str(file.relative_to(ROOT))
        for file in _tracked_files()
        if any(address in _text(file) for address in REGISTRIES)
    ]
    assert found == []


def test_every_method_named_as_qt_names_them_overrides_one_of_qt() -> None:
    # `sizeHInt` or `closedEvent` would never be called, and nothing would say so.
    misspelt = []
    for path in modules():
        if room(path) != "ui" or path.endswith("__main__.py"):
            continue
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if kind.__module__ != name or not issubclass(kind, QObject):
                continue
            named_as_qt = [
                method
                for method, value in vars(kind).items()
                if re.fullmatch(r"[a-z]+[A-Z]\w*", method) and inspect.isfunction(value)
            ]
            misspelt += [
                f"{name}.{kind.__name__}.{method}"
                for method in named_as_qt
                if not any(hasattr(base, method) for base in kind.__bases__)
            ]
    assert misspelt == []


def test_the_rules_read_the_real_package() -> None:
    assert f"{PACKAGE.name}/__init__.py" in modules()
