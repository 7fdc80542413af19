"""What the values of known front matter fields should look like; what they are not is warned about, never raised."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from roadmap.notes import vocabulary
from roadmap.notes.limits import Limits

TEXT_FIELDS = frozenset({"id", "title", "status", "priority", "summary", "level", "slug"})
NUMBER_FIELDS = frozenset({"order", "weight", "position"})
DATE_FIELDS = frozenset({"created", "updated", "date", "modified", "due"})

_ID = re.compile(r"[\w][\w .:@+-]{0,199}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])")
_LONG_VALUE = 10_000

Warn = Callable[[int, str, str], None]


def check_fields(meta: Mapping[str, Any], lines: Mapping[str, int], warn: Warn, limits: Limits) -> None:
    """Warns of values that will not be used as what their field's name says. `warn` takes line, code and message."""
    for key, value in meta.items():
        line, name = lines[key], vocabulary.field_of(key) or key.casefold()
        if name in TEXT_FIELDS and not isinstance(value, str):
            warn(line, "front-matter-value", f"The field {key!r} should be text, not a list or a map.")
        elif isinstance(value, str):
            complaint = _complaint(name, value, limits)
            if complaint:
                warn(line, "front-matter-value", complaint)


def _complaint(name: str, value: str, limits: Limits) -> str:
    complaint = ""
    if name == "id" and not _ID.fullmatch(value):
        complaint = "An id should be one word of letters, digits, `-` and `_`."
    elif name == "title" and len(value) > limits.title:
        complaint = f"The title has {len(value):,} characters; it is cut to {limits.title}."
    elif name in NUMBER_FIELDS and not _NUMBER.fullmatch(value):
        complaint = f"The field {name!r} should be a number; {value[:40]!r} is kept as text."
    elif name in DATE_FIELDS and _DATE.match(value) and not _is_date(value):
        complaint = f"There is no such day as {value[:40]!r}; it is kept as text."
    elif len(value) > _LONG_VALUE:
        complaint = f"The field {name[:60]!r} has {len(value):,} characters; long text belongs below the front matter."
    return complaint


def _is_date(value: str) -> bool:
    year, month, day = (int(part) for part in _DATE.match(value)[0].split("-"))  # type: ignore[index]  # matched before
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True
