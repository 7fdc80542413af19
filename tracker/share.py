"""The product's one percentage."""

from __future__ import annotations

from typing import NamedTuple


class Share(NamedTuple):
    """How far a learner is on a branch or a roadmap, counted over seats. Optional topics stand beside, not in it."""

    required: int = 0
    done: int = 0
    waived: int = 0
    learning: int = 0
    skipped: int = 0
    optional: int = 0
    optional_done: int = 0
    hours_left: float = 0.0
    """Stated hours of what is required and neither done, waived nor skipped; a choice takes its shortest. Counted for a
    whole roadmap, not for its branches."""

    @property
    def value(self) -> float | None:
        """(done + waived) / required, from 0 to 1; None where nothing is required, shown as a dash."""
        return (self.done + self.waived) / self.required if self.required else None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all; at least 1 once anything is done."""
        if not self.required:
            return None
        met = self.done + self.waived
        return max(1, met * 100 // self.required) if met else 0

    @property
    def left(self) -> int:
        return self.required - self.done - self.waived - self.learning - self.skipped

    @property
    def finished(self) -> bool:
        """Nothing required is left but what the learner skipped ("finished, n skipped")."""
        return self.required > 0 and self.done + self.waived + self.skipped == self.required
