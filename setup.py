"""Name the packages: those found under ptnotes, and the resources folder beside it (see pyproject.toml)."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["ptnotes", "ptnotes.*"]), "ptnotes.resources"])
