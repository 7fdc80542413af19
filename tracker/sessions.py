"""Sessions in the database, read together with their user in one query.

Django's stock session and user loading is more than half the cost of a check-off. What is stored and what is checked
are Django's own: the signature and the expiry of the session, the backend, the hash of the password, `is_active`.
Whatever is unusual (a rotated secret key, a user deactivated or gone) is left to `django.contrib.auth.get_user`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache, partial, wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, auser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import DatabaseError, connection, router
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from tracker import languages, remembered, summaries, time_zones
from tracker.devices import device_of
from tracker.models import Session, User

View = TypeVar("View", bound=Callable[..., Any])

_USER_FIELDS = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001 (Django's documented Options API)
_PERSON = ", ".join(f'person."{field.column}"' for field in User._meta.concrete_fields)  # noqa: SLF001
_FROM = "FROM tracker_session session LEFT JOIN tracker_user person ON person.id = session.user_id"
_WHERE = "WHERE session.session_key = %s AND session.expire_date > %s"
_SESSION = "session.session_data, session.expire_date, session.seen_at, session.device"
_LOAD = f"SELECT {_SESSION}, '', '', {_PERSON} {_FROM} {_WHERE}"
_LOAD_WITH_WALKS = f"""
SELECT {_SESSION}, {remembered.PERSON_STAMP}, {remembered.WALK_STAMP}, {_PERSON},
       {summaries.COLUMNS}, {summaries.ROADMAP_COLUMNS}
{_FROM} LEFT JOIN ({summaries.TABLES}) ON summary.learner_id = person.id {_WHERE} ORDER BY summary.roadmap_id
"""
_STAMPS = 6
_HEAD = _STAMPS + len(_USER_FIELDS)
SEEN = timedelta(hours=1)
"""How rough it is when a session was last used: a request writes that down only when it is longer ago than this."""


def with_walks(view: View) -> View:
    """For a view that asks at once where the person is on a roadmap: the session is read together with that, and
    `request.user.walks` is there without a query of its own."""
    view.reads_walks = True  # type: ignore[attr-defined]
    return view


def with_remembered_walks(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `with_walks`, from memory where this process has read it before: for a view whose one statement confirms
    (`SessionStore.believed`) what was remembered before it does anything, and which does nothing before that.

    What was not confirmed, be it an answer or an error, is thrown away, and the view asked again with all of it read.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = request.session
        if not isinstance(session, SessionStore) or session.believed is None:
            return view(request, *args, **kwargs)
        try:
            answer = view(request, *args, **kwargs)
        except Exception:
            if session.confirmed:
                raise
        else:
            if session.confirmed:
                return answer
        remembered.forget(session.believed.session)
        request.session = type(session)(session.session_key)
        _read_person(request, request.session, remembers=True)
        languages.speak(request)  # which may be what changed, as may be
        time_zones.tell_in_theirs(request)
        return view(request, *args, **kwargs)

    wrapped.remembers = True  # type: ignore[attr-defined]
    return with_walks(wrapped)


class SessionStore(DatabaseSessionStore):
    """Django's database store over `tracker.Session`, whose rows name their user.

    `user` is the user the row was read with; None for an anonymous session and until the session is read.
    """

    user: User | None = None
    reads_walks = False
    """Whether `user.walks` is to be read too."""
    read: remembered.Remembered | None = None
    """What was read of the person, to be remembered."""
    believed: remembered.Believed | None = None
    """Where they come from memory."""
    confirmed = False
    """What is believed was found to be so, by the statement of the act."""
    agent = ""
    """What the browser says it is; told by the middleware."""
    seen_at: datetime | None = None
    device = ""
    """As the row was read."""

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """As Django decodes it; the same data under the same keys is checked and parsed once."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return copy.deepcopy(_decoded(session_data, keys))

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """One query, the user's row included."""
        with connection.cursor() as cursor:
            cursor.execute(_LOAD_WITH_WALKS if self.reads_walks else _LOAD, [self.session_key, timezone.now()])
            rows = cursor.fetchall()
        if not rows:
            self._session_key = None
            return None
        data, expires, self.seen_at, self.device, stamp, _, *person = rows[0][:_HEAD]
        walks = [row for row in rows if self.reads_walks and row[_HEAD] is not None]
        if person[0] is not None:
            key = self.session_key or ""
            believed = remembered.Believed(key, remembered.stamp(stamp, [row[_STAMPS - 1] for row in walks]))
            self.read = remembered.Remembered(person, tuple(row[_HEAD:] for row in walks), believed)
            self.user = _person(self.read) if self.reads_walks else _user(person)
        return Session(session_key=self.session_key or "", session_data=data, expire_date=expires)

    def recall(self) -> User | None:
        """Who this session's person was when it was last read by an act here, with the walks; to be confirmed. It
        counts as a look into the session, so that the answer says that it differs by cookie."""
        found = remembered.recall(self.session_key) if self.session_key else None
        if found is None:
            return None
        self.accessed = True
        self.believed = found.believed
        return _person(found)

    def acted(self, rows: Sequence[summaries.Summary] | None) -> None:
        """The statement of an act confirmed what was believed, and left `rows` of what is counted; None: it changed
        more than that, so that nothing is remembered."""
        self.confirmed = True
        if rows is None:
            remembered.forget(self.session_key or "")
        else:
            remembered.keep_after(self.session_key or "", rows)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.seen_at = timezone.now()
        row.device = device_of(self.agent) or self.device
        return row

    def say_seen(self) -> None:
        """Write down that the session is in use, where that is not known of the last hour. No query in most cases,
        else one. When a session was last used is worth no failed answer."""
        if self.user is None or self.session_key is None or self.modified:  # what was modified is saved, and says so
            return
        now = timezone.now()
        if self.seen_at is None or self.seen_at < now - SEEN:
            self.seen_at = now
            with suppress(DatabaseError):
                row = Session.objects.filter(pk=self.session_key)
                row.update(seen_at=now, device=device_of(self.agent) or self.device)


def _user(columns: Sequence[Any]) -> User:
    return User.from_db(router.db_for_read(User), _USER_FIELDS, columns)


def _person(found: remembered.Remembered) -> User:
    person = _user(found.person)
    person.walks = tuple(map(summaries.Walk, found.walks))
    return person


@lru_cache(maxsize=1000)
def _decoded(session_data: bytes | str, _keys: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = super(SessionStore, SessionStore()).decode(session_data)
    return found


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
        if isinstance(request.session, SessionStore):
            request.session.agent = request.META.get("HTTP_USER_AGENT", "")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(request.session, SessionStore):
            request.session.say_seen()
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        if getattr(view, "reads_walks", False) and isinstance(request.session, SessionStore):
            remembers = getattr(view, "remembers", False)
            found = request.session.recall() if remembers else None
            if found is None:
                _read_person(request, request.session, remembers=remembers)
            else:
                request.user = found


def _read_person(request: HttpRequest, session: SessionStore, *, remembers: bool) -> None:
    """With the walks, and at once: a lazy object asks twice for each attribute."""
    session.reads_walks = True
    request.user = user_of(request)
    if remembers and session.read is not None and request.user is session.user:
        remembered.keep(session.read)
