"""Changes of a copy of the reference data, for tests of what is told of them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

import pytest

from ptnotes.clinical import ReferenceDataError, load_reference

Documents = dict[str, Any]
Case: TypeAlias = tuple[str, Callable[[Documents], None], str]
"""What is wrong, the change that makes it so, and what is said of it."""


def entry(documents: Documents, file: str, part: str, key: str | int, name: str = "id") -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in documents[file][part] if e[name] == key)
    return found


def faults_of(shipped: Documents, change: Callable[[Documents], None]) -> tuple[str, ...]:
    documents = deepcopy(shipped)
    change(documents)
    with pytest.raises(ReferenceDataError) as caught:
        load_reference(documents)
    return caught.value.faults


def set_in(
    file: str, part: str, key: str | int, name: str = "id", **values: Any
) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, file, part, key, name).update(values)

    return change


def drop(file: str, part: str, key: str, *names: str) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        for name in names:
            entry(documents, file, part, key).pop(name)

    return change


def add(file: str, part: str, like: str, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        documents[file][part].append({**entry(documents, file, part, like), **values})

    return change


def set_mdc(motion: str, number: int, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, "rom", "motion", motion)["mdc"][number].update(values)

    return change


def set_first(file: str, part: str, key: str, nested: str, **values: Any) -> Callable[[Documents], None]:
    def change(documents: Documents) -> None:
        entry(documents, file, part, key)[nested][0].update(values)

    return change
