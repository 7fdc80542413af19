"""Repair of text that was written as UTF-8 and read as something else, only where the repair is certain."""

from __future__ import annotations

from dataclasses import dataclass

from roadmap.notes.items import Problem
from roadmap.notes.limits import DEFAULT, Limits


@dataclass(frozen=True, slots=True)
class Repaired:
    text: str
    problems: tuple[Problem, ...] = ()


def repair(text: str, beyond: str, source: str, limits: Limits = DEFAULT) -> Repaired:
    """The text with its mis-decoded runs repaired. `beyond` holds its characters outside ASCII, in order."""
    return Repaired(text)
