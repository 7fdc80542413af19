"""From a reading of notes to a plan of what would change: pure, total, and never guessing who is who."""

from roadmap.plan.changes import KINDS, READ_BY_LEARNERS, Change, FieldChange
from roadmap.plan.curriculum import (
    Curriculum,
    Need,
    Origin,
    Place,
    Roadmap,
    Seat,
    Section,
    Step,
    Topic,
)
from roadmap.plan.matches import Answers, Candidate, Unclear
from roadmap.plan.planning import Plan, digest_of, plan

__all__ = [
    "KINDS",
    "READ_BY_LEARNERS",
    "Answers",
    "Candidate",
    "Change",
    "Curriculum",
    "FieldChange",
    "Need",
    "Origin",
    "Place",
    "Plan",
    "Roadmap",
    "Seat",
    "Section",
    "Step",
    "Topic",
    "Unclear",
    "digest_of",
    "plan",
]
