"""Django's admin for owners: the tables behind the pages, to look and to search. Nothing is written here.

What can be changed is changed by the verbs, on the product's own pages, and each row leads there. Whoever is no owner
meets no such pages (404), and whoever is not signed in the one sign-in page there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.views.decorators.http import require_safe

from roadmap.admin import Large, Table, register
from roadmap.models import NoteSource, Roadmap, Topic
from tracker.models import (
    AuditEntry,
    Cohort,
    CohortRoadmap,
    Comment,
    Enrolment,
    Evidence,
    HelpRequest,
    Invitation,
    Invited,
    LearnerTarget,
    LinkCheck,
    Mail,
    MailChoice,
    Membership,
    Nudge,
    ProgressEvent,
    RoadmapEditor,
    RoadmapSummary,
    SignOff,
    SignOffWanted,
    StepProgress,
    TopicProgress,
    User,
)
from tracker.permissions import Right, may

LEFT_OUT = {
    "Session": "its key is what signs somebody in",
    "SignInLink": "a link that signs somebody in",
    "FeedLink": "which calendar addresses are in use: each person's account page says it",
    "TopicNote": "a learner's own notes",
    "OwnResource": "what a learner found for themselves",
    "CalendarFeed": "an address that opens somebody's calendar",
    "PublicProfile": "what it shows is public, what it does not show is its owner's",
    "PublicRoadmap": "as the profile it belongs to",
    "Goal": "what a learner is heading for is their own",
    "ReviewPlan": "what a learner reviews is their own",
    "ReviewCard": "what a learner remembers is their own",
    "ReviewLog": "what a learner said they remember is their own",
    "BulkAct": "which topics one act set: the events of each say what it did",
    "DraftPart": "pieces of the curriculum, as JSON: the page of the draft shows them in words",
    "DraftAct": "which acts a draft holds: its page lists them",
    "RevisionTopic": "topics as they were, as JSON: the page of the revision compares them",
    "Recorded": "up to where revisions are recorded",
    "SourceFiles": "digests of files",
    "SearchText": "topics folded for the search: made by the database from what the others show",
    "SourceReading": "when a source was last read: its page among the imports says it",
}
"""Tables that nobody looks at here, with the reason."""


class Tables(admin.AdminSite):
    """Two kinds of pages for each table, an index, and nothing else."""

    site_header = site_title = "Pathnotes: tables"
    index_title = "Tables"
    index_template = "admin/tables.html"
    app_index_template = "admin/tables_of_app.html"
    enable_nav_sidebar = False
    leads: ClassVar[Mapping[Any, Callable[[Any], str]]] = {
        User: lambda user: reverse("person", args=[user.pk]),
        Cohort: lambda cohort: reverse("cohort_settings", args=[cohort.slug]),
        Roadmap: lambda roadmap: "" if roadmap.retired_at else reverse("studio_roadmap", args=[roadmap.slug]),
        Topic: lambda topic: reverse("studio_topic", args=[topic.slug]),
        NoteSource: lambda source: reverse("import_source", args=[source.uid]),
    }

    def has_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Right.SEE_TABLES)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """To others than owners no such page is. Strangers were sent to sign in before."""
        shown = super().admin_view(view, cacheable)

        def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404("No such page.")
            answer: HttpResponseBase = shown(request, *args, **kwargs)
            return answer

        return closed

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without Django's forms to sign in and to change passwords, and whatever else takes a POST."""
        tables = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(table.get_urls()))  # noqa: SLF001
            for model, table in self._registry.items()
        ]
        apps = "|".join(sorted({model._meta.app_label for model in self._registry}))  # noqa: SLF001
        return [
            path("", self.admin_view(require_safe(self.index)), name="index"),
            *tables,
            re_path(rf"^(?P<app_label>{apps})/$", self.admin_view(require_safe(self.app_index)), name="app_list"),
        ]


class OfLearners(Large):
    """Rows of learners and topics, by the millions: found by one of the two, each of which an index knows."""

    list_select_related = ["learner", "topic"]
    search_fields = ["learner__email__exact"]
    search_help_text = "The whole e-mail address of a learner, or the address of a topic (its slug)."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """One or two queries. Joined and asked at once, no index would serve."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term:
            learner = User.objects.filter(email=term.lower()).values_list("pk", flat=True).first()
            return queryset.filter(learner=learner) if learner else queryset.none(), False
        topic = Topic.objects.filter(slug=term).values_list("pk", flat=True).first()
        return (queryset.filter(topic=topic) if topic else queryset.none()), False


class OfUser(Table):
    list_display = ["email", "name", "role", "is_active", "date_joined"]
    list_filter = ["role", "is_active"]
    search_fields = ["email", "name"]
    hidden = ("password",)


class OfCohort(Table):
    list_display = ["title", "slug", "created_by", "created_at", "archived_at"]
    list_select_related = ["created_by"]
    search_fields = ["title", "slug"]


class OfCohortRoadmap(Table):
    list_display = ["cohort", "roadmap", "position", "starts_on", "target_on"]
    list_select_related = ["cohort", "roadmap"]
    search_fields = ["cohort__title", "roadmap__title"]


class OfMembership(Large):
    list_display = ["user", "cohort", "role", "joined_at", "left_at"]
    list_filter = ["role"]
    list_select_related = ["user", "cohort"]
    search_fields = ["user__email", "cohort__title"]
    hidden = ("through",)


class OfInvitation(Table):
    """The code itself lets people in: it stays on the cohort's page."""

    list_display = ["id", "cohort", "role", "uses", "max_uses", "expires_at", "revoked_at"]
    list_filter = ["role"]
    list_select_related = ["cohort"]
    search_fields = ["cohort__title"]
    hidden = ("code",)


class OfInvited(Table):
    list_display = ["id", "cohort", "role", "invited_at", "expires_at", "joined_at", "revoked_at"]
    list_filter = ["role"]
    list_select_related = ["cohort"]
    search_fields = ["cohort__title"]
    hidden = ("digest", "email", "name")


class OfEnrolment(Large):
    list_display = ["learner", "roadmap", "enrolled_at", "finished_at"]
    list_select_related = ["learner", "roadmap"]


class OfTopicProgress(OfLearners):
    list_display = ["id", "learner", "topic", "state", "revision", "changed_at"]


class OfStepProgress(Large):
    list_display = ["id", "learner", "step", "done", "changed_at"]
    list_select_related = ["learner", "step"]


class OfProgressEvent(OfLearners):
    list_display = ["id", "learner", "topic", "was", "now", "through", "at"]
    hidden = ("note",)


class OfRoadmapSummary(Large):
    list_display = ["id", "learner", "roadmap", "required", "done", "waived", "learning", "skipped"]
    list_select_related = ["learner", "roadmap"]
    hidden = ("states", "met")


class OfTalk(Large):
    """That something was said, by whom and when; what was said is between those who talked."""

    list_display = ["id", "learner", "by", "at", "withdrawn_at"]
    list_select_related = ["learner", "by"]
    hidden = ("text", "answer", "url", "note", "reason")


class OfSignOffWanted(Table):
    list_display = ["id", "roadmap", "topic", "section"]
    list_select_related = ["roadmap", "topic"]


class OfMail(Large):
    """Messages hold links that sign people in, and addresses: neither is shown."""

    list_display = ["id", "kind", "to", "due_at", "sent_at", "dropped_at", "error"]
    list_select_related = ["to"]
    hidden = ("text", "address", "key", "subject")


class OfMailChoice(Table):
    list_display = ["user", "kind", "wanted"]
    list_filter = ["kind", "wanted"]
    list_select_related = ["user"]


class OfRoadmapEditor(Table):
    list_display = ["user", "roadmap", "by", "at"]
    list_select_related = ["user", "roadmap", "by"]


class OfAuditEntry(Large):
    list_display = ["id", "at", "by_name", "verb", "kind", "title"]


class OfLinkCheck(Table):
    list_display = ["url", "outcome", "said", "at"]
    list_filter = ["outcome"]
    search_fields = ["url"]
    hidden = ("digest",)


site = Tables(name="admin")
register(site)
for model, table in {
    User: OfUser,
    Cohort: OfCohort,
    CohortRoadmap: OfCohortRoadmap,
    Membership: OfMembership,
    Invitation: OfInvitation,
    Invited: OfInvited,
    Enrolment: OfEnrolment,
    TopicProgress: OfTopicProgress,
    StepProgress: OfStepProgress,
    ProgressEvent: OfProgressEvent,
    RoadmapSummary: OfRoadmapSummary,
    Comment: OfTalk,
    HelpRequest: OfTalk,
    Evidence: OfTalk,
    SignOff: OfTalk,
    Nudge: OfTalk,
    LearnerTarget: OfTalk,
    SignOffWanted: OfSignOffWanted,
    Mail: OfMail,
    MailChoice: OfMailChoice,
    RoadmapEditor: OfRoadmapEditor,
    AuditEntry: OfAuditEntry,
    LinkCheck: OfLinkCheck,
}.items():
    site.register(model, table)
