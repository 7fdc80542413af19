"""What is sent with a learner's first steps."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.walking import MOST_HOURS

LARGEST = 2**63 - 1
"""Id that the database can hold."""


class NumbersField(forms.Field):
    """The ids of the boxes that were ticked; none is an answer, too."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        sent = list(value or ())
        if not all(one.isascii() and one.isdigit() and int(one[:20]) <= LARGEST for one in sent):
            raise forms.ValidationError(_("What was ticked could not be understood. Nothing was changed; try again."))
        return [int(one) for one in sent]


class KnownForm(forms.Form):
    """Sections and topics that somebody knows already."""

    nonce = forms.UUIDField(
        error_messages={
            "required": _("This page is too old. Nothing was changed; tick again what you know."),
            "invalid": _("This page is too old. Nothing was changed; tick again what you know."),
        }
    )
    """Of the page: the same boxes sent twice are one act."""
    section = NumbersField(required=False)
    topic = NumbersField(required=False)

    def operation_of(self, topics: Iterable[int]) -> uuid.UUID:
        nonce: uuid.UUID = self.cleaned_data["nonce"]
        return uuid.uuid5(nonce, ",".join(map(str, sorted(topics))))


class HoursForm(forms.Form):
    """Hours a week."""

    hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        label=_("Hours a week"),
        help_text=_("A whole number from 1 to 100. Empty: you do not say."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("A whole number of hours from 1 to 100, please, or nothing. Nothing was changed."),
        ),
    )
