"""A field of a form: its label above, its editor, and beside it what is wrong with it or how to fill it in."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ptnotes.ui.theme import restyle
from ptnotes.ui.widgets.labels import Label


class FieldWithFault(QWidget):
    """Holds `editor` under its label. A fault stands under the editor in place of the hint, in words and in colour."""

    def __init__(
        self,
        label: str,
        editor: QWidget,
        *,
        hint: str = "",
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.label_text = label
        self._hint_text = hint
        self._fault_text = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        top = QHBoxLayout()
        top.setSpacing(6)
        self.label = Label(label, "caption", parent=self)
        self.label.setBuddy(editor)
        top.addWidget(self.label)
        if required:
            top.addWidget(Label("needed", "caption", parent=self))
        top.addStretch(1)
        layout.addLayout(top)
        layout.addWidget(editor)
        self.message = Label(hint, "small", wraps=True, parent=self)
        self.message.setVisible(bool(hint))
        layout.addWidget(self.message)
        if not editor.accessibleName():
            editor.setAccessibleName(label)
        editor.setAccessibleDescription(hint)

    @property
    def fault(self) -> str:
        """The sentence that stands beside the field now, empty where nothing is wrong."""
        return self._fault_text

    def set_fault(self, fault: str) -> None:
        """Say what is wrong; an empty text says that nothing is."""
        self._fault_text = fault
        self._show()

    def set_hint(self, hint: str) -> None:
        """Say how to fill the field in; shown while nothing is wrong."""
        self._hint_text = hint
        self._show()

    def _show(self) -> None:
        text = self._fault_text or self._hint_text
        self.message.setText(text)
        self.message.set_kind("fault" if self._fault_text else "small")
        self.message.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)
        wrong = bool(self._fault_text)
        if bool(self.editor.property("fault")) != wrong:
            self.editor.setProperty("fault", wrong)
            restyle(self.editor)
