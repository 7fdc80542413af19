"""Prepare a database for measuring: generated roadmaps, learners with half of them done, a session each.

Prints JSON: {"sessions": [key, ...], "roadmaps": {"100": slug, ...}}. Runs under benchmarks.settings.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

import django

LEARNERS = 8
LARGEST = 3_000
"""Topics that one note holds; larger roadmaps come from a folder."""


def main(sizes: list[int]) -> None:
    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from benchmarks import notes
    from roadmap.loading import load
    from roadmap.models import Roadmap
    from tracker import summaries
    from tracker.models import Enrolment, TopicProgress, User
    from tracker.sessions import SessionStore

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    rng = random.Random(1)
    slugs: dict[int, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            file = Path(folder) / f"generated-{size}.md"
            if size <= LARGEST:
                notes.outline(file, size)
                load(file, by="benchmark")
                slugs[size] = Roadmap.objects.get(title=f"Generated {size}").slug
                continue
            file.mkdir()
            notes.vault(file, size, note_bytes=100)
            load(file, by="benchmark")
            slugs[size] = Roadmap.objects.latest("pk").slug
    sessions = []
    for number in range(LEARNERS):
        learner = User.objects.create_user(f"learner{number}@example.org", "a-long-enough-password")
        now = timezone.now()
        for size in sizes:
            roadmap = Roadmap.objects.get(slug=slugs[size])
            Enrolment.objects.create(learner=learner, roadmap=roadmap)
            topics = list(roadmap.placements.values_list("topic", "topic__revision"))
            TopicProgress.objects.bulk_create(
                TopicProgress(
                    learner=learner,
                    topic_id=topic,
                    revision=revision,
                    started_at=now,
                    changed_at=now,
                    state=rng.choice(["done", "done", "done", "learning", "skipped"]),
                )
                for topic, revision in rng.sample(topics, k=len(topics) // 2)
            )
        session = SessionStore()
        session[SESSION_KEY] = str(learner.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = learner.get_session_auth_hash()
        session.create()
        sessions.append(session.session_key)
    summaries.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum has done within a minute of an import
    json.dump({"sessions": sessions, "roadmaps": slugs}, sys.stdout)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
