"""Progress counted again from its events: the state rows are a shortcut, the events are the record."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

_DISAGREEMENTS = """
WITH topics AS (
    SELECT DISTINCT ON (learner_id, topic_id) learner_id, topic_id, now, revision FROM tracker_progressevent
    WHERE step_id IS NULL ORDER BY learner_id, topic_id, id DESC
), steps AS (
    SELECT DISTINCT ON (learner_id, step_id) learner_id, topic_id, step_id, now FROM tracker_progressevent
    WHERE step_id IS NOT NULL ORDER BY learner_id, step_id, id DESC
)
SELECT coalesce(topics.learner_id, progress.learner_id), coalesce(topics.topic_id, progress.topic_id), NULL::bigint,
       coalesce(progress.state, 'todo'), coalesce(topics.now, 'todo')
FROM topics FULL JOIN tracker_topicprogress progress
     ON progress.learner_id = topics.learner_id AND progress.topic_id = topics.topic_id
WHERE coalesce(progress.state, 'todo') <> coalesce(topics.now, 'todo')
   OR (progress.state = 'done' AND progress.revision <> topics.revision)
UNION ALL
SELECT coalesce(steps.learner_id, progress.learner_id), coalesce(steps.topic_id, step.topic_id),
       coalesce(steps.step_id, progress.step_id),
       CASE WHEN progress.done THEN 'done' ELSE 'todo' END, coalesce(steps.now, 'todo')
FROM steps FULL JOIN tracker_stepprogress progress
     ON progress.learner_id = steps.learner_id AND progress.step_id = steps.step_id
     LEFT JOIN roadmap_step step ON step.id = progress.step_id
WHERE CASE WHEN progress.done THEN 'done' ELSE 'todo' END <> coalesce(steps.now, 'todo')
ORDER BY 1, 2, 3 NULLS FIRST
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stored state that is not what the events of its learner and topic (or step) end in."""

    learner: int
    topic: int
    step: int | None
    stored: str
    recorded: str


def disagreements() -> list[Disagreement]:
    """All of them; a sound database has none. One query over all events: for maintenance, not for pages."""
    with connection.cursor() as cursor:
        cursor.execute(_DISAGREEMENTS)
        return [Disagreement(*row) for row in cursor.fetchall()]
