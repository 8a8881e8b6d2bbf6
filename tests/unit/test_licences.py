"""Everything that is shipped with PT Notes is named in the About window's list of licences."""

import importlib.metadata
import importlib.resources
import re
import tomllib

from packaging.requirements import Requirement

LISTED = tomllib.loads(
    (importlib.resources.files("ptnotes.resources") / "licences.toml").read_text(encoding="utf-8")
)


def _same_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(name: str, found: set[str]) -> set[str]:
    """Walk from a distribution to everything it needs at run time, leaving extras out."""
    for line in importlib.metadata.distribution(name).requires or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if _same_name(requirement.name) not in found:
            found.add(_same_name(requirement.name))
            _needed(requirement.name, found)
    return found


def test_every_library_at_run_time_is_listed_with_its_licence() -> None:
    listed = {_same_name(part["distribution"]) for part in LISTED["component"] if "distribution" in part}
    needed = _needed("ptnotes", set())
    assert "pyside6-essentials" in needed
    assert needed - listed == set()


def test_each_entry_says_what_it_is_for_and_who_holds_it() -> None:
    for part in LISTED["component"]:
        assert {"name", "licence", "holder", "used_for"} <= set(part)
        assert ("distribution" in part) != ("inside" in part), part["name"]
