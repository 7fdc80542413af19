"""The switch of languages, for whoever reads without an account; those who have one say it in their settings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tracker import languages
from tracker.forms import LanguageForm
from tracker.views.answers import refused


@login_not_required
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Keeps it in a cookie and goes back to the page. No query."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Pathnotes does not speak that language. Nothing was changed."), 422, {})
    response = HttpResponseRedirect(form.cleaned_data["next"] or reverse("roadmaps"), status=303)
    languages.remember(response, form.cleaned_data["language"])
    return response
