"""What owners send about accounts, checked. A form that is not valid answers 422."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _lazy

from tracker.audit import KINDS, VERBS, Asked
from tracker.models import User
from tracker.things import THINGS

ROLES = {
    User.Role.LEARNER.value: _lazy("learner: walks roadmaps"),
    User.Role.MENTOR.value: _lazy("mentor: may make cohorts"),
    User.Role.EDITOR.value: _lazy("editor: changes every roadmap"),
    User.Role.OWNER.value: _lazy("owner: runs this installation"),
}


class InviteForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    email = forms.EmailField(label=_lazy("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_lazy("Name"),
        max_length=100,
        required=False,
        help_text=_lazy("Optional. They can be called by their address."),
    )
    role = forms.ChoiceField(label=_lazy("As"), choices=list(ROLES.items()), initial=User.Role.LEARNER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_lazy("Role"), choices=list(ROLES.items()))


class ActiveForm(forms.Form):
    state = forms.ChoiceField(choices=[("on", "on"), ("off", "off")])


class EditingForm(forms.Form):
    roadmap = forms.CharField(max_length=120)
    """Its slug."""
    edits = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class AgainForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)


class FindPeopleForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(required=False, choices=[("", _lazy("every role")), *User.Role.choices])
    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", _lazy("all accounts")),
            ("on", _lazy("active")),
            ("off", _lazy("deactivated")),
            ("new", _lazy("never came")),
        ],
    )
    page = forms.CharField(required=False, max_length=10)


class TrailForm(forms.Form):
    """Filters of the trail. What cannot be understood filters nothing."""

    who = forms.CharField(label=_lazy("Who"), required=False, max_length=100)
    what = forms.CharField(label=_lazy("What"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_lazy("Kind"),
        required=False,
        choices=[("", _lazy("everything")), *((kind, THINGS[kind]) for kind in KINDS)],
    )
    verb = forms.ChoiceField(
        label=_lazy("Act"),
        required=False,
        choices=[("", _lazy("every act")), *VERBS.items()],
    )
    since = forms.DateField(
        label=_lazy("Since"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    until = forms.DateField(
        label=_lazy("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    before = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def asked(self) -> Asked:
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}
        until: date | None = found.get("until")
        if until is not None and until >= date.max:
            del found["until"]  # the day after would be none
        return Asked(**found)
