"""What changed of a topic since a learner did it."""

from __future__ import annotations

from roadmap.models import Topic
from roadmap.past.then import Difference, difference
from tracker.models import User


def since_done(learner: User, topic: Topic) -> Difference | None:
    """Between the text that they did, or said to be still fine, and the text now; None where it is the same revision or
    they have not done it. Six queries at most, one where there is nothing to say."""
    held = learner.progress.filter(topic=topic, state="done", revision__lt=topic.revision).first()
    return difference(topic, held.revision) if held is not None else None
