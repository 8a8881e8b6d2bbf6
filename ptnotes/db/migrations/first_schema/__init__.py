"""The first schema, as explicit operations. Frozen: it imports nothing of the present schema."""

import sqlalchemy as sa

INSTANT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
"""An instant: text of fixed width ending in Z on SQLite."""
SEARCH_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Folded text, compared letter code by letter code."""


def choice(name: str, *values: str) -> sa.Enum:
    """Text that is one of `values`, checked by a constraint called `name`."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
