"""The source of the package as the architecture tests read it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ptnotes"


@cache
def modules() -> dict[str, ast.Module]:
    """Parse every module of the package, by its path from the project's folder."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def room(path: str) -> str:
    """Tell which room of the house a module is in: ``db`` for ``ptnotes/db/search.py``."""
    return Path(path).parts[1].removesuffix(".py")


def classes(path: str) -> list[ast.ClassDef]:
    """List the classes of a module, nested ones as well."""
    return [node for node in ast.walk(modules()[path]) if isinstance(node, ast.ClassDef)]


def methods(node: ast.ClassDef) -> list[str]:
    """List the names of a class's own methods."""
    return [item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
