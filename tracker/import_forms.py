"""What editors send about imports, checked."""

from __future__ import annotations

from django import forms

from roadmap.plan.changes import KINDS


class UploadForm(forms.Form):
    """The files come beside it: see `config.uploads`."""

    source = forms.UUIDField(required=False)
    title = forms.CharField(required=False, max_length=200)
    over = forms.BooleanField(required=False)
    """Only these notes change; the source's others stay."""


class PartsForm(forms.Form):
    """One change, or all of a kind, in or out of what is applied."""

    leave_out = forms.CharField(required=False, max_length=60)
    take_in = forms.CharField(required=False, max_length=60)
    leave_out_all = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS])
    take_in_all = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS])
    whole = forms.CharField(required=False, max_length=20)


class AnswersForm(forms.Form):
    """Beside it, a field per question: see `answers`."""

    every = forms.ChoiceField(required=False, choices=[("first", "first"), ("new", "new")])
    whole = forms.CharField(required=False, max_length=20)

    def answers(self) -> dict[str, str]:
        return {name[2:]: str(value)[:36] for name, value in self.data.items() if name.startswith("q-")}


class ApplyForm(forms.Form):
    token = forms.CharField(max_length=64)
    retire_many = forms.BooleanField(required=False)
    skip_broken = forms.BooleanField(required=False)


class UndoImportForm(forms.Form):
    asked = forms.UUIDField()


class LookForm(forms.Form):
    """What a page of imports is asked to show; what makes no sense is left out."""

    page = forms.CharField(required=False, max_length=10)
    opened = forms.UUIDField(required=False)
    whole = forms.CharField(required=False, max_length=20)
