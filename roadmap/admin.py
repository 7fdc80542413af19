"""The curriculum's tables in Django's admin: to look and to search, never to write. See `tracker/admin.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from roadmap.models import (
    Alias,
    Edit,
    Fork,
    Import,
    NoteSource,
    Placement,
    Prerequisite,
    Resource,
    Roadmap,
    Section,
    Step,
    Topic,
)
from roadmap.publishing.models import DraftRevision, RoadmapRevision


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows found. Counting them all would read a table of millions of rows for one number."""

    MOST = 5_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.MOST].count())


class Table(admin.ModelAdmin):  # type: ignore[type-arg]
    """A table that is read. Four queries for a page of any table, beside the session's, whatever is in it."""

    actions = None
    view_on_site = False
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = Pages
    list_per_page = 50
    list_max_show_all = 0
    ordering = ["-pk"]
    change_list_template = "admin/table.html"
    change_form_template = "admin/row.html"
    hidden: tuple[str, ...] = ()
    """Columns that nobody reads here."""

    def get_urls(self) -> list[URLPattern]:
        """A list and a page for each row: nothing that adds, changes, deletes or looks up for forms."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(require_safe(self.changelist_view)), name=f"{name}_changelist"),
            path("<path:object_id>/", view(require_safe(self.change_view)), name=f"{name}_change"),
        ]

    @property
    def media(self) -> Any:
        """No script: there is nothing to type but a search."""
        return super().media.__class__()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever reached the site: see `tracker.admin.Tables`."""
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*self.list_display, "own_page"] if self.leads else self.list_display

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [field.name for field in self.opts.local_fields if field.name not in self.hidden]
        return ["own_page", *names] if self.leads else names

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @property
    def leads(self) -> Callable[[Any], str] | None:
        found: Mapping[Any, Callable[[Any], str]] = getattr(self.admin_site, "leads", {})
        return found.get(self.model)

    @admin.display(description="where it is changed")
    def own_page(self, obj: Any) -> str:
        """The product's own page, whose verbs keep what must be kept."""
        address = self.leads(obj) if self.leads else ""
        return format_html('<a href="{}">Its page</a>', address) if address else "—"

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404("No such row.")


class Large(Table):
    """A table of millions of rows: in the order of its key, which is indexed, and in no other."""

    sortable_by = ()


class OfRoadmap(Table):
    list_display = ["title", "slug", "state", "locking", "retired_at", "updated_at"]
    list_filter = ["state", "locking"]
    search_fields = ["title", "slug"]


class OfSection(Table):
    list_display = ["title", "kind", "roadmap", "position", "optional", "choose", "ordered"]
    list_filter = ["kind", "optional", "ordered"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "slug"]


class OfTopic(Table):
    list_display = ["title", "slug", "hours", "planned", "retired_at", "updated_at"]
    list_filter = ["planned", ("retired_at", admin.EmptyFieldListFilter)]
    search_fields = ["title", "slug"]
    hidden = ("body_html",)


class OfPlacement(Table):
    list_display = ["topic", "section", "roadmap", "position", "optional"]
    list_filter = ["optional"]
    list_select_related = ["topic", "section", "roadmap"]
    search_fields = ["topic__title", "roadmap__title"]


class OfStep(Table):
    list_display = ["title", "topic", "position", "retired_at"]
    list_select_related = ["topic"]
    search_fields = ["title", "topic__title"]


class OfResource(Table):
    list_display = ["title", "kind", "url", "topic", "section"]
    list_filter = ["kind"]
    list_select_related = ["topic", "section"]
    search_fields = ["title", "url"]


class OfPrerequisite(Table):
    list_display = ["topic", "requires", "source", "group"]
    list_filter = ["source"]
    list_select_related = ["topic", "requires"]
    search_fields = ["topic__title", "requires__title"]


class OfAlias(Table):
    list_display = ["text", "kind", "topic"]
    list_filter = ["kind"]
    list_select_related = ["topic"]
    search_fields = ["text"]


class OfNoteSource(Table):
    list_display = ["title", "location", "created_at"]
    search_fields = ["title", "location"]


class OfImport(Table):
    list_display = ["source", "state", "by", "applied_at", "undone_at"]
    list_filter = ["state"]
    list_select_related = ["source"]
    search_fields = ["by", "source__title"]
    hidden = ("before", "changes", "problems")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without what is needed to take it back: that is the notes, as they were."""
        return super().get_queryset(request).defer(*self.hidden)


class OfEdit(Table):
    list_display = ["verb", "topic", "roadmap", "by", "at", "undone_at"]
    list_filter = ["verb"]
    list_select_related = ["topic", "roadmap"]
    search_fields = ["by", "topic__title"]


class OfFork(Table):
    list_display = ["roadmap", "upstream", "revision", "taken_at", "stopped_at"]
    list_select_related = ["roadmap", "upstream"]
    search_fields = ["roadmap__title", "upstream__title"]


class OfDraftRevision(Table):
    list_display = ["roadmap", "state", "acts", "opened_by", "opened_at", "closed_by", "closed_at"]
    list_filter = ["state"]
    list_select_related = ["roadmap"]
    search_fields = ["roadmap__title", "opened_by"]


class OfRoadmapRevision(Table):
    list_display = ["roadmap", "number", "how", "by", "at"]
    list_filter = ["how"]
    list_select_related = ["roadmap"]
    search_fields = ["roadmap__title", "by"]
    hidden = ("tree", "changes")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without the tree as it was: its own page in the studio compares it."""
        return super().get_queryset(request).defer(*self.hidden)


class OfEvent(Large):
    """The history, as it lies in its tables. People read it in the studio."""

    list_display = ["pgh_id", "pgh_created_at", "pgh_label", "id", "pgh_context_id"]
    search_fields = ["pgh_obj_id__exact"]
    search_help_text = "The number of a row of the curriculum."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        known = term.isascii() and term.isdigit() and len(term) < 19
        return (queryset.filter(pgh_obj_id=int(term)) if known else queryset.none()), False


class OfContext(Large):
    list_display = ["id", "created_at", "metadata"]
    ordering = ["-created_at"]


TABLES: Mapping[type[models.Model], type[Table]] = {
    Roadmap: OfRoadmap,
    Section: OfSection,
    Topic: OfTopic,
    Placement: OfPlacement,
    Step: OfStep,
    Resource: OfResource,
    Prerequisite: OfPrerequisite,
    Alias: OfAlias,
    NoteSource: OfNoteSource,
    Import: OfImport,
    Edit: OfEdit,
    Fork: OfFork,
    DraftRevision: OfDraftRevision,
    RoadmapRevision: OfRoadmapRevision,
}


def register(site: admin.AdminSite) -> None:
    """All tables of the curriculum and of its history."""
    for model, table in TABLES.items():
        site.register(model, table)
    for model in apps.get_app_config("roadmap").get_models():
        if hasattr(model, "pgh_tracked_model"):
            site.register(model, OfEvent)
