"""What owners send about accounts, checked. A form that is not valid answers 422."""

from __future__ import annotations

from datetime import date

from django import forms

from tracker.audit import KINDS, VERBS, Asked
from tracker.models import User

ROLES = {
    User.Role.LEARNER.value: "learner: walks roadmaps",
    User.Role.MENTOR.value: "mentor: may make cohorts",
    User.Role.EDITOR.value: "editor: changes every roadmap",
    User.Role.OWNER.value: "owner: runs this installation",
}


class InviteForm(forms.Form):
    operation = forms.UUIDField(widget=forms.HiddenInput)
    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(
        label="Name", max_length=100, required=False, help_text="Optional. They can be called by their address."
    )
    role = forms.ChoiceField(label="As", choices=list(ROLES.items()), initial=User.Role.LEARNER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=list(ROLES.items()))


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
    role = forms.ChoiceField(required=False, choices=[("", "every role"), *((role, role) for role in ROLES)])
    state = forms.ChoiceField(
        required=False, choices=[("", "all accounts"), ("on", "active"), ("off", "deactivated"), ("new", "never came")]
    )
    page = forms.CharField(required=False, max_length=10)


class TrailForm(forms.Form):
    """Filters of the trail. What cannot be understood filters nothing."""

    who = forms.CharField(label="Who", required=False, max_length=100)
    what = forms.CharField(label="What", required=False, max_length=100)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "everything"), *((k, k) for k in KINDS)])
    verb = forms.ChoiceField(
        label="Act", required=False, choices=[("", "every act"), *((v, v.replace("_", " ")) for v in VERBS)]
    )
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), input_formats=["%Y-%m-%d"]
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), input_formats=["%Y-%m-%d"]
    )
    before = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def asked(self) -> Asked:
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}
        until: date | None = found.get("until")
        if until is not None and until >= date.max:
            del found["until"]  # the day after would be none
        return Asked(**found)
