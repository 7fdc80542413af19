"""The least that a check-off in Django does (`granian benchmarks.limit:application`): what is left is the product's.

A session and its person in one joined query, Django's CSRF check and nothing else of middleware, one statement that
writes state and event and commits durably, an answer of constant bytes. Nothing is counted, nothing is looked up, no
right is checked, and no code of the product runs. `LIMIT_DSN` names the product's seeded database, `SECRET_KEY` is its.
"""

import os
import threading

import django
import psycopg
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path

BYTES = 1500
"""Of an answer: about what the product's has."""
TOPICS = 100
TABLES = """
CREATE TABLE IF NOT EXISTS bench_state (
    learner bigint, topic int, state text NOT NULL, changed_at timestamptz NOT NULL, PRIMARY KEY (learner, topic));
CREATE TABLE IF NOT EXISTS bench_event (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, operation uuid UNIQUE, learner bigint, topic int,
    was text, now text, at timestamptz NOT NULL);
"""
_SESSION = """
SELECT session.session_data, person.* FROM tracker_session session
JOIN tracker_user person ON person.id = session.user_id
WHERE session.session_key = %s AND session.expire_date > now()
"""
_ACT = """
WITH was AS (SELECT state FROM bench_state WHERE learner = %(learner)s AND topic = %(topic)s FOR UPDATE),
now AS (
    INSERT INTO bench_state VALUES (%(learner)s, %(topic)s, %(state)s, now())
    ON CONFLICT (learner, topic) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
)
INSERT INTO bench_event (operation, learner, topic, was, now, at)
VALUES (%(operation)s::uuid, %(learner)s, %(topic)s, (SELECT state FROM was), %(state)s, now())
ON CONFLICT (operation) DO NOTHING RETURNING was
"""
_kept = threading.local()


class SessionStore(SessionBase):
    """For its way to check and read what is stored: the salt is the class's name."""


def connection() -> psycopg.Connection:
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg.connect(os.environ["LIMIT_DSN"], autocommit=True, prepare_threshold=0)
    found: psycopg.Connection = _kept.connection
    return found


def page(request: HttpRequest) -> HttpResponse:
    topics = "".join(f'<button formaction="/topics/{number}"></button>' for number in range(TOPICS))
    fields = f'<input name="csrfmiddlewaretoken" value="{get_token(request)}"><input name="roadmap" value="1">'
    body = f"<form>{fields}{topics}</form>".encode()
    return HttpResponse(body, headers={"Content-Length": str(len(body))})


def check_off(request: HttpRequest, topic: int) -> HttpResponse:
    row = connection().execute(_SESSION, [request.COOKIES["pathnotes-session"]]).fetchone()
    if row is None:
        return HttpResponse(status=403)
    learner = int(SessionStore().decode(row[0])["_auth_user_id"])
    values = {"state": request.POST["state"], "operation": request.POST["operation"]}
    connection().execute(_ACT, values | {"learner": learner, "topic": topic}).fetchone()
    return HttpResponse(b"x" * BYTES, headers={"Content-Length": str(BYTES)})


urlpatterns = [path("page/", page), path("topics/<int:topic>", check_off)]

settings.configure(
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY=os.environ["SECRET_KEY"],
)
django.setup()
connection().execute(TABLES, prepare=False)
application = get_wsgi_application()
