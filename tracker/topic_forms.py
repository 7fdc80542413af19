"""The form of a topic in the studio: what is shown of it, what was typed, and what of that was changed. No query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from roadmap.models import Resource as ResourceRow
from roadmap.notes.items import Resource
from roadmap.plan.curriculum import Topic
from roadmap.plan.keys import slugify
from roadmap.studio.fields import FIELDS, MOST, StepField, digest, digests, guessed, plain, resources_text, steps_text

KINDS = [("", _lazy("guess it from the address")), *ResourceRow.Kind.choices]
BLANK_STEPS = 2
BLANK_RESOURCES = 1
BODY = 300_000
FOLLOWED = frozenset({"", "http", "https", "mailto"})

LABELS = {
    "title": _lazy("Title"),
    "slug": _lazy("Address"),
    "aliases": _lazy("Other names"),
    "summary": _lazy("Summary"),
    "body": _lazy("Text"),
    "details": _lazy("In short"),
    "hours": _lazy("Hours"),
    "steps": _lazy("Steps"),
    "resources": _lazy("Resources"),
    "related": _lazy("Related"),
    "meta": _lazy("Front matter"),
    "retired": _lazy("Whether it is retired"),
    "needs": _lazy("Prerequisites"),
}


class TopicForm(forms.Form):
    """The fields that are one text each. Steps and resources stand in rows: see `Rows`."""

    title = forms.CharField(max_length=200)
    slug = forms.CharField(max_length=120)
    aliases = forms.CharField(required=False, max_length=50_000)
    summary = forms.CharField(required=False, max_length=5_000)
    body = forms.CharField(required=False, max_length=BODY, strip=False)
    details = forms.CharField(required=False, max_length=100_000)
    hours = forms.DecimalField(required=False, min_value=0.01, max_value=9999.99, max_digits=6, decimal_places=2)


@dataclass(frozen=True, slots=True)
class StepRow:
    place: str
    title: str = ""
    uid: str = ""
    gone: bool = False
    retired: bool = False
    """It is retired now; `gone` says whether it is to stay so."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    place: str
    title: str = ""
    url: str = ""
    kind: str = ""
    gone: bool = False


class Typed:
    """What a form says of a topic: as it is stored, or as somebody typed it."""

    def __init__(self, texts: Mapping[str, str], steps: list[StepRow], resources: list[LinkRow]) -> None:
        self.texts = dict(texts)
        self.steps, self.resources = steps, resources
        self.errors: dict[str, str] = {}
        self.seen: dict[str, str] = {}
        self.left: frozenset[str] = frozenset()
        """Lists that are too long for a form: they are shown, not sent, and stay as they are."""

    @property
    def seen_json(self) -> str:
        return json.dumps(self.seen, sort_keys=True)

    # Rows with those that are still empty behind them.

    def step_rows(self) -> list[StepRow]:
        return [*self.steps, *(StepRow("") for _ in range(BLANK_STEPS))]

    def resource_rows(self) -> list[LinkRow]:
        return [*self.resources, *(LinkRow("") for _ in range(BLANK_RESOURCES))]

    # What it comes to.

    def step_fields(self) -> list[StepField]:
        kept = [row for row in self.steps if not row.gone and row.title.strip()]
        return [StepField(row.title.strip(), _uid(row.uid)) for row in _placed(kept)]

    def resource_fields(self) -> list[Resource]:
        kept = [row for row in self.resources if not row.gone and (row.title.strip() or row.url.strip())]
        return [guessed(row.title, row.url, row.kind) for row in _placed(kept)]

    def shown(self) -> dict[str, str]:
        """Each field as a text, to lay side by side."""
        lists = {"steps": steps_text(self.step_fields()), "resources": resources_text(self.resource_fields())}
        return self.texts | lists

    def typed_digests(self) -> dict[str, str]:
        found = {name: digest(text) for name, text in self.shown().items()}
        found["steps"] = digest("\n".join(f"{step.uid} {step.title}" for step in self.step_fields()))
        return found

    def touched(self) -> tuple[str, ...]:
        """Fields that are not as the page showed them."""
        typed = self.typed_digests()
        return tuple(name for name in FIELDS if typed[name] != self.seen.get(name) and name not in self.left)

    def wanted(self, form: TopicForm, without: Iterable[str] = ()) -> dict[str, Any]:
        """The touched fields with their values, for the verb. `form` is valid."""
        values: dict[str, Any] = dict(form.cleaned_data)
        values["hours"] = None if values["hours"] is None else float(values["hours"])
        for name in ("aliases", "details"):
            values[name] = plain(values[name]).split("\n")
        values["steps"], values["resources"] = self.step_fields(), self.resource_fields()
        left_out = set(without)
        return {name: values[name] for name in self.touched() if name not in left_out}

    def check(self, form: TopicForm) -> bool:
        """Whether all of it can be stored; `errors` says of which field it cannot."""
        if not form.is_valid():
            self.errors |= {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        if "slug" in self.touched() and not slugify(self.texts["slug"]):
            self.errors.setdefault("slug", _("An address needs at least one letter or digit."))
        for row in self.resources:
            if not row.gone and not _may_lead(row.url):
                self.errors["resources"] = _("“%(url)s” is no web address: it begins with http:// or https://.") % {
                    "url": row.url[:80]
                }
            elif not row.gone and row.kind not in dict(KINDS):
                self.errors["resources"] = _("Choose a kind from the list.")
        for name, count in (("steps", len(self.step_fields())), ("resources", len(self.resource_fields()))):
            if count > MOST:
                self.errors[name] = _("At most %(most)s on one topic.") % {"most": MOST}
        return not self.errors

    def take(self, other: Typed, names: Iterable[str]) -> None:
        """These fields as the other has them."""
        for name in names:
            if name == "steps":
                self.steps = other.steps
            elif name == "resources":
                self.resources = other.resources
            else:
                self.texts[name] = other.texts[name]


def stored(topic: Topic) -> Typed:
    """The form as a topic fills it."""
    texts = {
        "title": topic.title,
        "slug": topic.slug,
        "aliases": "\n".join(topic.aliases),
        "summary": topic.summary,
        "body": topic.body,
        "details": "\n".join(topic.details),
        "hours": "" if topic.hours is None else f"{topic.hours:g}",
    }
    live = [step for step in topic.steps if not step.retired]
    steps = [StepRow(str(place), step.title, str(step.uid)) for place, step in enumerate(live, 1)]
    steps += [StepRow("", s.title, str(s.uid), gone=True, retired=True) for s in topic.steps if s.retired]
    resources = [LinkRow(str(place), r.title, r.url, r.kind) for place, r in enumerate(topic.resources, 1)]
    found = Typed(texts, steps, resources)
    found.seen = digests(topic)
    lengths = {"steps": len(steps), "resources": len(resources)}
    found.left = frozenset(name for name, length in lengths.items() if length > MOST)
    return found


def typed(sent: QueryDict) -> Typed:
    """The form as it was sent."""
    texts = {name: sent.get(name, "") for name in TopicForm.base_fields}
    gone, back = set(sent.getlist("step_gone")), set(sent.getlist("step_back"))
    retired = set(sent.getlist("step_retired"))
    steps = [
        StepRow(
            place,
            title,
            uid,
            gone=bool(uid) and (uid in gone or (uid in retired and uid not in back)),
            retired=uid in retired,
        )
        for uid, title, place in _rows(sent, "step_uid", "step_title", "step_place")
        if uid or title.strip()
    ]
    without = set(sent.getlist("resource_gone"))
    names = ("resource_row", "resource_title", "resource_url", "resource_kind", "resource_place")
    resources = [
        LinkRow(place, title, url, kind, gone=row in without)
        for row, title, url, kind, place in _rows(sent, *names)
        if title.strip() or url.strip()
    ]
    found = Typed(texts, steps, resources)
    found.seen = _seen(sent.get("seen", ""))
    found.left = frozenset({"steps", "resources"} & set(sent.getlist("left")))
    return found


def _rows(sent: QueryDict, *names: str) -> Iterable[tuple[str, ...]]:
    """The n-th values of each name together; twice as many as may be kept at most."""
    lists = [sent.getlist(name)[: 2 * MOST] for name in names]
    return zip(*lists, strict=False)


def _seen(text: str) -> dict[str, str]:
    try:
        found = json.loads(text[:4000])
    except ValueError:
        return {}
    return {n: str(d) for n, d in found.items() if n in FIELDS} if isinstance(found, dict) else {}


def _placed(rows: list[Any]) -> list[Any]:
    """In the order of their places; a row without one stays behind the row before it."""
    last, keyed = 0.0, list[tuple[float, Any]]()
    for row in rows:
        try:
            last = float(row.place)
        except ValueError:
            last = max([last, *(key for key, _ in keyed)])
        keyed.append((last, row))
    return [row for _, row in sorted(keyed, key=lambda pair: pair[0])]


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _may_lead(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in FOLLOWED
    except ValueError:
        return False
