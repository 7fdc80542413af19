"""What a learner is heading for on a roadmap."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from roadmap.models import Roadmap, Topic
from tracker.models.people import User


class Goal(models.Model):
    """The topic a learner wants to reach on a roadmap: what is next is ranked by it. One per learner and roadmap."""

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="goals")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="goals")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="goals")
    set_at = models.DateTimeField(auto_now=True)
    instead = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Ids in pairs: of a topic on the way, and of the alternative that the learner wants for it. What the curriculum no
    longer offers says nothing."""
    merged_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """Ids of the topics that it was before they were made one with another, the last one last."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "roadmap"], name="goal_once")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.roadmap_id}: {self.topic_id}"
