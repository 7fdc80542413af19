"""Notes as pages show them. They are rendered once and kept; what is read aloud in them is said in each language."""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _lazy

from tracker import languages

LABELS = {
    "Table": _lazy("Table"),
    "Footnotes": _lazy("Footnotes"),
    "Back to the text": _lazy("Back to the text"),
    "done": _lazy("done"),
    "not done": _lazy("not done"),
}
"""As `roadmap.notes.rendering` writes them into attributes."""
_LABEL = re.compile(rf' aria-label="({"|".join(LABELS)})"')


def told(html: str) -> str:
    """The HTML with its labels in the reader's language. In texts of notes quotes are escaped, so none is a label."""
    if languages.current().startswith("en"):
        return html
    return _LABEL.sub(lambda found: f' aria-label="{escape(LABELS[found[1]])}"', html)
