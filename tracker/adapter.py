"""What Pathnotes adds to allauth's accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from tracker import security_mail, sign_up
from tracker.models import User
from tracker.views import arrival
from tracker.views.waiting import do_what_waits


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Says who may sign up, does check-offs that waited for their account in the request that signs in or up, leads
    whoever comes for the first time to their first steps, and writes to them when the way in is changed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return sign_up.is_open(request)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """As allauth's, in our words, and a passkey before codes that may lie in a drawer."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
            "mfa_reauthenticate": _("Use a code"),
        }
        found = {each["id"]: each for each in super().get_reauthentication_methods(user)}
        return [found[name] | {"description": said} for name, said in words.items() if name in found]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Where allauth would send a message that something was changed, if told to: ours goes into the outbox."""
        what = template_prefix.rpartition("/")[2]
        if isinstance(user, User) and what in security_mail.SAID:
            address = (context or {}).get("to_email", "")
            agent = security_mail.agent_of(self.request)
            security_mail.tell(user=user, what=what, agent=agent, address=address, also=[email] if email else [])

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        arrival.remember(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **hooks)
        return response

    def post_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **hooks)
        place = do_what_waits(request, user) or arrival.instead_of(
            response.headers.get("Location", ""), request, user, signed_up=bool(hooks.get("signup"))
        )
        return HttpResponseRedirect(place) if place else response
