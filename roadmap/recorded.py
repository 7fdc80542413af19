"""The history of the curriculum: what the database writes down by itself whenever a row changes or goes.

Triggers see every write, `update()`, COPY and SQL by hand too (docs/adr/0013). A change and a deletion keep the row as
it was; what it became is the row that follows, or the one that stands. Of a topic and a section no birth is written:
the row itself is there. Of what hangs on them it is, since imports take such rows away and make them anew.
All triggers are of statements: an import of thousands of topics runs each of them once.
"""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models

from roadmap.models import Alias, Placement, Prerequisite, Resource, Roadmap, Section, Step, Topic

DERIVED = {
    Topic: ["body_html", "created_at", "updated_at"],
    Roadmap: ["created_at", "updated_at"],
    Placement: ["placed_at"],
}
"""Columns that the history leaves out: HTML is made from the text and several times its size, and times of change are
what the history itself says. Revisions stay: a topic's says which text a learner saw, and a roadmap's grows with every
act that shows on it, so that its rows are the list of those acts."""

AT = "pgh_created_at"


def record(model: type[models.Model], *of: str, births: bool) -> None:
    """Let the history of `model` be written. `of`: columns by which it is read, each with the time."""
    kept = [pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()]
    name = f"{model.__name__}Event"
    pghistory.create_event_model(
        model,
        *([pghistory.InsertEvent(), *kept] if births else kept),
        exclude=DERIVED.get(model),
        attrs={"pgh_id": models.BigAutoField(primary_key=True), **_links(model)},
        model_name=name,
        abstract=False,
        level=pghistory.Statement,
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=False),
        context_field=pghistory.ContextForeignKey(related_name="+", db_index=False),
        meta={"indexes": [models.Index(fields=[field, AT], name=f"{name.lower()}_{field}") for field in of]},
    )


def _links(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """Its foreign keys as they were, to rows that may be gone. What the history is read by is indexed in `record`."""
    return {
        field.name: models.ForeignKey(
            field.remote_field.model,
            models.DO_NOTHING,
            null=field.null,
            related_name="+",
            db_constraint=False,
            db_index=False,
        )
        for field in model._meta.local_fields  # noqa: SLF001 (documented)
        if isinstance(field, models.ForeignKey)
    }


record(Roadmap, "pgh_obj", births=True)
record(Section, "pgh_obj", "roadmap", births=False)
record(Topic, "pgh_obj", "pgh_context", births=False)
record(Placement, "topic", "roadmap", births=True)
record(Step, "topic", births=True)
record(Resource, "topic", "section", births=True)
record(Prerequisite, "topic", births=True)
record(Alias, "topic", births=True)
