"""Sessions in the database, read together with their user in one query.

Django's stock session and user loading is more than half the cost of a check-off. What is stored and what is checked
are Django's own: the signature and the expiry of the session, the backend, the hash of the password, `is_active`.
Whatever is unusual (a rotated secret key, a user deactivated or gone) is left to `django.contrib.auth.get_user`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, auser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connection, router
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from tracker.models import Session, User

_USER_FIELDS = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001 (Django's documented Options API)
_LOAD = (
    "SELECT session.session_data, session.expire_date, "  # noqa: S608 (column names of our own model)
    + ", ".join(f'person."{field.column}"' for field in User._meta.concrete_fields)  # noqa: SLF001
    + " FROM tracker_session session LEFT JOIN tracker_user person ON person.id = session.user_id"
    " WHERE session.session_key = %s AND session.expire_date > %s"
)


class SessionStore(DatabaseSessionStore):
    """Django's database store over `tracker.Session`, whose rows name their user.

    `user` is the user the row was read with; None for an anonymous session and until the session is read.
    """

    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """One query, the user's row included."""
        with connection.cursor() as cursor:
            cursor.execute(_LOAD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        data, expires, *person = row
        self.user = User.from_db(router.db_for_read(User), _USER_FIELDS, person) if person[0] is not None else None
        return Session(session_key=self.session_key or "", session_data=data, expire_date=expires)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        return row


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Who signed this request's session in. No query beyond the session's own in the usual cases."""
    session = request.session
    key = session.get(SESSION_KEY)
    if key is None:
        return AnonymousUser()
    person = session.user if isinstance(session, SessionStore) else None
    if (
        person is not None
        and person.is_active
        and key == str(person.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    ):
        return person
    return get_user(request)


class SessionUserMiddleware(AuthenticationMiddleware):
    """`request.user`, found when it is first looked at, without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(partial(user_of, request))  # type: ignore[assignment]
        request.auser = partial(auser, request)
