"""Fields in which something stands that must not outlive its question."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit


def forget_secret(line: QLineEdit) -> None:
    """Empty a field for a passphrase, a password or a key, so that nothing brings back what stood in it."""
    # `clear` can be undone where letters are shown: by Ctrl+Z whoever comes next would read them.
    line.setText("")
