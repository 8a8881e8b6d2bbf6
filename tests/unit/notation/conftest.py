"""The reference data, read once for the tests of the typed line."""

import pytest

from ptnotes.clinical import Reference, load_reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load_reference()
