"""What kinds of things are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _lazy

THINGS = {
    "topic": _lazy("topic"),
    "section": _lazy("section"),
    "roadmap": _lazy("roadmap"),
    "person": _lazy("person"),
    "cohort": _lazy("cohort"),
    "notes": _lazy("notes"),
}
