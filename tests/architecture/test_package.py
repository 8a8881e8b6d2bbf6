"""The package and its data files are found the same way wherever it is installed."""

import importlib.resources
import re

import ptnotes


def test_the_version_is_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", ptnotes.__version__)


def test_the_resources_are_found_through_the_package() -> None:
    assert (importlib.resources.files("ptnotes.resources") / "__init__.py").is_file()
