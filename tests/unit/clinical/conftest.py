"""The shipped documents, for every test of them."""

import pytest

from ptnotes.clinical import read_documents
from tests.unit.clinical.reference_changes import Documents


@pytest.fixture(scope="module")
def shipped() -> Documents:
    return dict(read_documents())
