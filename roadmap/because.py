"""Who changes the curriculum, and through what: told to the database, which writes it beside every row of the history.

`curriculum_lock` tells it, in the statement that it sends anyway, for its transaction alone. pghistory's own `context`
puts the same two settings before each statement of a block, which neither COPY nor parameters bound by the server
allow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid4

_command: ContextVar[str] = ContextVar("command", default="")


class Through(StrEnum):
    ACT = "act"
    UNDO = "undo"
    REDO = "redo"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    PUBLISH = "publish"
    DRAFT = "draft"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Because:
    """Why the curriculum changes."""

    by: str
    """Name, as text."""
    through: Through
    of: UUID = field(default_factory=uuid4)
    """Operation of the `Edit`, or uid of the `Import`, that is made or taken back."""
    actor: str = ""
    """Key of who does it, as text."""

    def told(self) -> str:
        """As JSON, with the command that runs, if one does."""
        said = {"by": self.by[:150], "through": self.through, "of": str(self.of), "actor": self.actor}
        return json.dumps({name: value for name, value in (said | {"command": _command.get()}).items() if value})


@contextmanager
def commanded(name: str) -> Iterator[None]:
    """What changes inside is done by this command."""
    before = _command.set(name)
    try:
        yield
    finally:
        _command.reset(before)
