"""Who may do what where: one row per URL, six statuses per method. A URL that is missing here fails the build.

Read a row as: anonymous, learner, other learner, editor, owner, disabled. One number stands for all six.
PUT, PATCH and DELETE answer 405 unless the row says otherwise; for addresses that ask to sign in, those who are not
signed in are sent there (302) whatever the method.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tests.guards.stage import ROLES, Stage

Data = Callable[[Stage], dict[str, str]]
Arguments = Callable[[Stage], list[str]]


@dataclass(frozen=True)
class Row:
    url: str
    """Name of the URL."""
    get: str
    post: str = "405"
    other: str = "405"
    """PUT, PATCH and DELETE."""
    arguments: Arguments = lambda stage: []
    data: Data = lambda stage: {}
    """What is posted: as a person would, so that a permission is told from a mistake in a form."""
    case: str = ""
    """What is special, where a URL has several rows."""
    query: str = ""

    @property
    def id(self) -> str:
        return f"{self.url}{'-' * bool(self.case)}{self.case.replace(' ', '-')}"

    def expected(self, method: str) -> dict[str, int]:
        """Status for each role."""
        written = {"GET": self.get, "HEAD": self.get, "POST": self.post}.get(method, self.other).split()
        assert len(written) in {1, len(ROLES)}, self.id
        return dict(zip(ROLES, (int(status) for status in written * (len(ROLES) // len(written))), strict=True))


OPEN = {
    "today": "leads to the roadmaps",
    "roadmaps": "published roadmaps are readable without an account",
    "roadmap": "published roadmaps are readable without an account; a draft is 404",
    "topic": "as its roadmap",
    "set_topic_state": "keeps what a visitor wants to check off until they have signed in",
    "health": "asked by the container engine; tells nobody anything",
    "sign_in_link": "signs in",
    "account_login": "signs in",
    "account_logout": "without a session there is nothing to end",
    "account_signup": "makes an account",
    "account_inactive": "tells a deactivated account that it is",
    "account_email_verification_sent": "says that a message was sent",
    "account_confirm_email": "opened from a message, perhaps on another device",
    "account_reset_password": "for those who cannot sign in",
    "account_reset_password_done": "for those who cannot sign in",
    "account_reset_password_from_key": "for those who cannot sign in",
    "account_reset_password_from_key_done": "for those who cannot sign in",
    "account_confirm_login_code": "part of signing in; without a pending sign-in it leads to the sign-in page",
}
"""Every address that is reachable without signing in, with the reason. All others are closed by the middleware."""

TO_SIGN_IN = "302 {0} {0} {0} {0} 302"
"""Those who are not signed in are sent to sign in."""


def operation(**fields: str) -> Data:
    return lambda stage: fields | {"operation": str(uuid.uuid4())}


TABLE: list[Row] = []
