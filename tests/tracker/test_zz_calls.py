import sys
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tracker.conftest import HTMX, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("static_root")]
EXTRA = {}


def test_calls(learner, path):
    ada = browser_of(learner)

    def go(topic, state, **more):
        return ada.post(
            f"/topics/{topic.slug}/state/",
            {
                "state": state,
                "operation": str(uuid4()),
                "roadmap": "garden",
                "next": "/roadmaps/garden/",
                "csrfmiddlewaretoken": "x" * 64,
                "nonce": str(uuid4()),
            }
            | more,
            headers=HTMX,
        )

    for i in range(4):
        go(path.soil, "done" if i % 2 else "todo")
    for more in ({}, {"person": str(learner.pk), "saw": "todo"}):
        n = 0

        def prof(frame, event, arg):
            nonlocal n
            if event == "call":
                n += 1

        sys.setprofile(prof)
        r = go(path.sowing, "done", **more)
        sys.setprofile(None)
        go(path.sowing, "todo")
        with CaptureQueriesContext(connection) as q:
            go(path.sowing, "done", **more)
        go(path.sowing, "todo")
        print("CALLS", more and "with", n, "SQL", len(q), r.status_code)
