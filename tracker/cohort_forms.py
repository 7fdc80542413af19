"""What people send about cohorts, checked. A form that is not valid answers 422.

`operation` is the id of the intent, made by the page: the same form sent twice is one act.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tracker.roster import MOST_BYTES, MOST_PEOPLE

MOST_SEATS = 100_000
LONGEST_DAYS = 400


class CohortForm(forms.Form):
    title = forms.CharField(
        label=_lazy("Title"),
        max_length=200,
        help_text=_lazy("What its people know it by, such as “Data, autumn 2026”."),
    )
    summary = forms.CharField(
        label=_lazy("In a sentence"),
        max_length=500,
        required=False,
        help_text=_lazy("Optional. Shown to its people, and to those who are invited."),
    )


class NewCohortForm(CohortForm):
    operation = forms.UUIDField(widget=forms.HiddenInput)


class DatesForm(forms.Form):
    """When a roadmap is to be walked. Both are optional."""

    starts_on = forms.DateField(
        label=_lazy("Starts on"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    target_on = forms.DateField(
        label=_lazy("Target"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("starts_on", "target_on"):
            day: date | None = data.get(name)
            if day is not None and not 2000 <= day.year <= 2100:
                self.add_error(name, _("Give a year between 2000 and 2100."))
        return data


class RoadmapForm(DatesForm):
    roadmap = forms.CharField(max_length=120)
    """Its slug."""


class PlaceForm(forms.Form):
    roadmap = forms.CharField(max_length=120)
    place = forms.IntegerField(min_value=0, max_value=10_000)


class SlugForm(forms.Form):
    roadmap = forms.CharField(max_length=120)


class ArchiveForm(forms.Form):
    state = forms.ChoiceField(choices=[("archived", "archived"), ("open", "open")])


class CodeForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    role = forms.ChoiceField(
        label=_lazy("Who comes in by it"), choices=[("learner", _lazy("learns")), ("mentor", _lazy("mentors"))]
    )
    days = forms.TypedChoiceField(
        label=_lazy("Good for"),
        choices=[
            ("1", _lazy("a day")),
            ("7", _lazy("a week")),
            ("30", _lazy("30 days")),
            ("365", _lazy("a year")),
            ("", _lazy("as long as it is not taken back")),
        ],
        initial="30",
        coerce=int,
        required=False,
        empty_value=None,
    )
    seats = forms.IntegerField(
        label=_lazy("People"),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        help_text=_lazy("Leave it empty for any number."),
    )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return None if days is None else timezone.now() + timedelta(days=days)


class ListForm(forms.Form):
    """A list of addresses, pasted or as a file."""

    addresses = forms.CharField(
        label=_lazy("Addresses"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            {"rows": 5, "spellcheck": "false", "placeholder": "Ada Lovelace <ada@example.org>\nben@example.org"}
        ),
        help_text=format_lazy(
            _lazy("One to a line, or a table with columns such as name and email. At most {most} people."),
            most=f"{MOST_PEOPLE:,}",
        ),
    )
    file = forms.FileField(
        label=_lazy("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_lazy("A CSV, such as users.csv of OneRoster."),
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )

    def content(self) -> bytes | str:
        upload: UploadedFile[Any] | None = self.cleaned_data["file"]
        if upload is None:
            text: str = self.cleaned_data["addresses"]
            return text
        data: bytes = upload.read(MOST_BYTES + 1)
        return data


class SendForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    people = forms.CharField(strip=False, widget=forms.HiddenInput)
    """What the preview took, as `roster.write` has it. It is read and looked at anew."""


class OperationForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)


class FindForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    page = forms.CharField(required=False, max_length=10)
    invited = forms.CharField(required=False, max_length=10)
