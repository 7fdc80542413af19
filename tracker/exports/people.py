"""Whom an export is about: the learners of a cohort, through the one query of whom a mentor sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from tracker import access
from tracker.models import Cohort, User
from tracker.permissions import Person

BATCH = 500
"""Learners read at a time."""


def learners(person: Person, cohort: Cohort, *, size: int = BATCH) -> Iterator[list[tuple[int, str]]]:
    """(key, shown name) of the cohort's learners by name, so many at a time. One query each."""
    here = access.learners_of_cohort(person, cohort)
    named = (
        User.objects.filter(pk__in=here.values("pk"))
        .annotate(shown=_SHOWN, sorted_by=Lower(_SHOWN))
        .order_by("sorted_by", "pk")
    )
    after: Q | None = None
    while True:
        page = named.filter(after) if after is not None else named
        rows: list[Any] = list(page.values_list("pk", "shown", "sorted_by")[:size])
        if rows:
            yield [(pk, shown) for pk, shown, _ in rows]
        if len(rows) < size:
            return
        last, _, name = rows[-1]
        after = Q(sorted_by__gt=name) | Q(sorted_by=name, pk__gt=last)


_SHOWN = Coalesce(
    NullIf(F("name"), Value("")),
    Func(F("email"), Value("@"), Value(1), function="split_part", output_field=TextField()),
    output_field=TextField(),
)
"""`User.shown_name`, in SQL."""
