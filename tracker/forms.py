"""What people send, checked. A form that is not valid answers 422."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker.progress import LEARNERS_STATES


class AnswerForm(forms.Form):
    """What every action says of the page it was done on, so that the answer fits it. All optional, none trusted."""

    roadmap = forms.CharField(required=False, max_length=200)
    """Slug of the roadmap whose regions are wanted."""
    panel = forms.CharField(required=False, max_length=200)
    """Slug of the topic that is open beside it, or whose page it is."""
    next = forms.CharField(required=False, max_length=2000)
    """Where to go without JavaScript: a path of ours."""

    @classmethod
    def read(cls, sent: QueryDict) -> dict[str, Any] | None:
        """What a form that is valid would have cleaned, field by field; None where something is wrong, for the form
        itself to say what. A form copies all its fields before it looks at one, which takes longer than a query."""
        try:
            asked = {name: field.clean(sent.get(name)) for name, field in cls.base_fields.items()}
        except forms.ValidationError:
            return None
        asked["next"] = _own_path(asked["next"])
        return asked

    def clean_next(self) -> str:
        return _own_path(self.cleaned_data["next"])


def _own_path(path: str) -> str:
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours else ""


class LanguageForm(forms.Form):
    """A language for this browser, and the page to go back to."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=2000)

    def clean_next(self) -> str:
        return _own_path(self.cleaned_data["next"])


class StateForm(AnswerForm):
    """A state for a topic."""

    state = forms.ChoiceField(choices=[(state, state) for state in LEARNERS_STATES])
    operation = forms.UUIDField(required=False)
    nonce = forms.UUIDField(required=False)
    """Of the page; without JavaScript the operation id is made of it, the topic and the state."""

    def __init__(self, *args: Any, topic_uid: uuid.UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topic_uid = topic_uid

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("operation"):
            if not data.get("nonce"):
                raise forms.ValidationError(_("The operation id is missing."))
            data["operation"] = uuid.uuid5(data["nonce"], f"{self.topic_uid}:{data.get('state')}")
        return data


class StepForm(AnswerForm):
    """`done` or `todo` for a step."""

    state = forms.ChoiceField(choices=[("todo", "todo"), ("done", "done")], required=False)
    done = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], required=False)
    """As pages of the version before say it, which are open, or kept in a browser."""
    operation = forms.UUIDField()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not (self.errors or data["state"] or data["done"]):
            self.add_error("state", _("A step is ticked or not."))
        data["state"] = data.get("state") or ("done" if data.get("done") == "yes" else "todo")
        return data


class UndoForm(AnswerForm):
    operation = forms.UUIDField()
    """The one to take back."""
    new_operation = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("operation") and not data.get("new_operation"):
            data["new_operation"] = uuid.uuid5(data["operation"], "undo")
        return data


class MailForm(forms.Form):
    """Which messages a person wants. A box that is not ticked says no."""

    nudge = forms.BooleanField(required=False, label=_lazy("A mentor of mine writes to me"))
    answer = forms.BooleanField(required=False, label=_lazy("A mentor answers my request for help"))
    digest = forms.BooleanField(
        required=False,
        label=_lazy("Once a week, how my cohorts do"),
        help_text=_lazy("On Mondays, one message for each cohort you mentor: who moved, who is stuck, what changed."),
    )

    def __init__(self, *args: Any, digest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not digest:
            del self.fields["digest"]


class SearchForm(forms.Form):
    """What is looked for. What cannot be understood looks for nothing."""

    q = forms.CharField(required=False, max_length=1000)
    page = forms.IntegerField(required=False, min_value=1, max_value=1000)

    def asked(self) -> tuple[str, int]:
        """(query, number of the page from 1)."""
        self.is_valid()
        return self.cleaned_data.get("q") or "", self.cleaned_data.get("page") or 1


class BulkForm(AnswerForm):
    """One state for many topics."""

    state = forms.ChoiceField(choices=[(state, state) for state in LEARNERS_STATES])
    operation = forms.UUIDField()


class PaceForm(AnswerForm):
    """Whether a person wants to see their pace."""

    hidden = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
