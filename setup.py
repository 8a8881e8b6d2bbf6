"""Name the packages: those found under ptnotes, and the resources folder beside it (see pyproject.toml)."""

from setuptools import find_namespace_packages, setup

# Alembic reads its migrations from a folder that is no package, so folders count without an __init__ as well.
found = find_namespace_packages(
    include=["ptnotes", "ptnotes.*"], exclude=["*.__pycache__", "*.__pycache__.*"]
)
setup(packages=[*found, "ptnotes.resources"])
