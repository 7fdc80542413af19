"""What is sent from the pages of review, checked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

RETENTIONS = (
    ("0.8", _("less often: when the chance to remember is 80 %")),
    ("0.85", _("a little less often: at 85 %")),
    ("0.9", _("as usual: at 90 %")),
    ("0.95", _("more often: at 95 %")),
)


class RateForm(forms.Form):
    """How well one remembered a topic, with the version of its card that the page showed."""

    rating = forms.TypedChoiceField(choices=[(n, str(n)) for n in (1, 2, 3, 4)], coerce=int)
    operation = forms.UUIDField()
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    roadmap = forms.CharField(required=False, max_length=200)
    """Slug of the one that the page is about, if it is about one."""


class UndoRatingForm(forms.Form):
    operation = forms.UUIDField()
    roadmap = forms.CharField(required=False, max_length=200)


class PlanForm(forms.Form):
    """Whether a roadmap's finished topics come back. What is not said stays as it was."""

    active = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    daily_cap = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=200,
        error_messages={
            "min_value": _("At least one topic a day."),
            "max_value": _("At most 200 topics a day."),
            "invalid": _("How many a day is a number from 1 to 200."),
        },
    )
    retention = forms.TypedChoiceField(required=False, choices=RETENTIONS, coerce=float, empty_value=None)

    def clean_active(self) -> Any:
        return self.cleaned_data["active"] == "yes"
