"""What mentors and learners send with an act, checked. A form that is not valid answers 422.

Each carries the operation id that its page was given: the same form sent twice is one act.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from roadmap.models import Resource
from tracker.acts.taking_back import KINDS
from tracker.forms import AnswerForm
from tracker.models import TopicProgress


class ActForm(AnswerForm):
    operation = forms.UUIDField()
    on = forms.ChoiceField(choices=[("", ""), ("help", ""), ("sign-offs", "")], required=False)
    """Which queue it was done on; else it was the page of one learner."""
    show = forms.CharField(required=False, max_length=20)
    """The filter of that page."""
    topic = forms.CharField(required=False, max_length=200)
    """Slug of the topic that is open on it."""


class StateActForm(ActForm):
    """A waiver or a reopening."""

    reason = forms.CharField(required=False, max_length=1000)
    expected = forms.ChoiceField(choices=TopicProgress.State.choices)


class TextForm(ActForm):
    """A comment, an answer, a nudge, a request for help."""

    text = forms.CharField(required=False, max_length=4000)


class ShortTextForm(ActForm):
    text = forms.CharField(required=False, max_length=1000)


class SignOffForm(ActForm):
    about = forms.CharField(max_length=60)
    """`topic:17` or `section:<uid>`."""
    note = forms.CharField(required=False, max_length=1000)
    evidence = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class EvidenceForm(ActForm):
    about = forms.CharField(max_length=60)
    text = forms.CharField(required=False, max_length=4000)
    url = forms.URLField(required=False, max_length=1000, assume_scheme="https")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.lower().startswith(("http://", "https://")):
            raise forms.ValidationError(_("A link begins with http:// or https://."))
        return url


class TargetForm(ActForm):
    target_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    none = forms.CharField(required=False, max_length=5)
    """`yes`: no date for this learner, whatever the field says."""
    reason = forms.CharField(required=False, max_length=500)
    expected = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class TakeBackForm(ActForm):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])


class NoteForm(AnswerForm):
    """The verb says how long a note may be: what is too long comes back whole."""

    text = forms.CharField(required=False, max_length=200_000, strip=False)
    shared = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=40)


class LinkForm(AnswerForm):
    title = forms.CharField(required=False, max_length=200)
    url = forms.CharField(max_length=2000)
    kind = forms.ChoiceField(choices=Resource.Kind.choices)


class WantedForm(forms.Form):
    """A row's button says which topic or module, and by its name whether it wants a sign-off."""

    want = forms.CharField(required=False, max_length=60)
    drop = forms.CharField(required=False, max_length=60)
