"""The public profile: its owner's page, what everybody reads, and the badge of a roadmap."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker import profiles
from tracker.badges import badge
from tracker.models import PublicProfile, User
from tracker.profile_forms import ProfileForm
from tracker.views.compressed import compressed

BADGE_FOR = 300
"""Seconds that a badge may be kept. Whoever shows READMEs keeps pictures anyway, and asks again with the ETag."""
BADGE_POLICY = "default-src 'none'; sandbox"
"""The picture loads nothing and runs nothing, wherever it is put."""


@require_http_methods(["GET", "HEAD", "POST"])
@compressed
def own_profile(request: HttpRequest) -> HttpResponse:
    """What the world may see of oneself, and the badges to copy."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101  (for the type checker; LoginRequiredMiddleware holds it)
    profile = profiles.profile_of(person)
    roadmaps = list(profiles.to_show(person).order_by("title", "pk"))
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, initial=_initial(person, profile), roadmaps=roadmaps)
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        shown = chosen.pop("roadmaps", [])
        try:
            profiles.save_profile(user=person, chosen=profiles.Chosen(**chosen), roadmaps=shown)
        except profiles.HandleTaken as error:
            form.add_error("handle", str(error))
        else:
            messages.success(
                request, _("Saved. Everybody can see it.") if chosen["public"] else _("Saved. Nobody sees it.")
            )
            return HttpResponseRedirect(request.path, status=303)
    context = {"form": form, "profile": profile, "badges": _badges(profile) if profile and profile.public else []}
    return render(request, "mine/own_profile.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
@compressed
def public_profile(request: HttpRequest, handle: str) -> HttpResponse:
    """What its owner shows. Anything else is 404, alike for all."""
    profile = profiles.profile_for_everybody(handle)
    context = {"profile": profile, "shown": profiles.shown_on(profile), "heat": profiles.heat_of(profile)}
    response = render(request, "mine/public_profile.html", context)
    if not profile.indexed:
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@login_not_required
@require_safe
def roadmap_badge(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """A picture for a README: title, share, and the word. The same for everybody who asks; sets no cookie."""
    profile = profiles.profile_for_everybody(handle)
    shown = profiles.one_shown(profile, slug)
    with translation.override(profile.user.language or settings.LANGUAGE_CODE):  # the same for everybody
        svg = _picture(shown)
    etag = f'"{hashlib.sha256(svg).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(svg, content_type="image/svg+xml")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={BADGE_FOR}"
    response["Content-Security-Policy"] = BADGE_POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _picture(shown: profiles.Shown) -> bytes:
    share = shown.share
    kind = "none" if not share.percent else "finished" if share.percent == 100 else "going"
    about = _("%(title)s: %(met)s of %(required)s done, %(word)s") % {
        "title": shown.roadmap.title,
        "met": shown.met,
        "required": share.required,
        "word": shown.word,
    }
    return badge(shown.roadmap.title, shown.word, kind=kind, about=about).encode()


def _initial(person: User, profile: PublicProfile | None) -> dict[str, object]:
    if profile is None:
        return {"name": person.name}
    shown = list(profile.shown.values_list("roadmap", flat=True))
    names = ("handle", "name", "about", "public", "activity", "indexed")
    return {name: getattr(profile, name) for name in names} | {"roadmaps": shown}


def _badges(profile: PublicProfile) -> list[dict[str, str]]:
    """Title, address of the picture, and the Markdown that shows it."""
    page = settings.PUBLIC_URL + reverse("public_profile", args=[profile.handle])
    found = []
    for shown in profiles.shown_on(profile):
        path = reverse("roadmap_badge", args=[profile.handle, shown.roadmap.slug])
        label = "".join(" " if letter in "[]\\\n" else letter for letter in shown.roadmap.title)
        text = f"[![{label}]({settings.PUBLIC_URL}{path})]({page})"
        found.append({"title": shown.roadmap.title, "path": path, "markdown": text})
    return found
