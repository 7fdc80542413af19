"""What a person keeps for themselves, and what of it they show the world: links, a calendar's address, a profile."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now

from roadmap.models import Resource, Roadmap, Topic
from tracker.models.people import User

HANDLE = r"^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,29}$"
"""Three to thirty small letters, digits and single hyphens between them."""


class OwnResource(models.Model):
    """A course, a video, a page that a learner found for a topic. Nobody else sees it."""

    learner = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="own_resources")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="own_resources")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=2000)
    kind = models.CharField(max_length=10, choices=Resource.Kind, default=Resource.Kind.LINK)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("learner", "topic", MD5("url"), name="own_resource_once"),
            models.CheckConstraint(condition=Q(url__iregex=r"^https?://"), name="own_resource_leads_to_the_web"),
            models.CheckConstraint(condition=Q(kind__in=Resource.Kind.values), name="own_resource_kind_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.topic_id}: {self.title}"


class CalendarFeed(models.Model):
    """The address of a person's own calendar. Kept readable: it is looked up again for the next device."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"of {self.user_id}"


class PublicProfile(models.Model):
    """What the world may see of a person: nothing until `public`, and then the roadmaps that they chose."""

    user = models.OneToOneField(User, models.CASCADE, related_name="public_profile")
    handle = models.CharField(max_length=30, unique=True, validators=[RegexValidator(HANDLE)])
    name = models.CharField(max_length=100)
    """As they want to be called there, whatever their account says."""
    about = models.CharField(max_length=300, blank=True)
    public = models.BooleanField(default=False)
    activity = models.BooleanField(default=False)
    """Shows on which days of the last year they moved."""
    indexed = models.BooleanField(default=False)
    """Search engines may list it."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(handle__regex=HANDLE), name="public_profile_handle_plain")]

    def __str__(self) -> str:
        return self.handle


class PublicRoadmap(models.Model):
    """A roadmap that a profile shows."""

    profile = models.ForeignKey(PublicProfile, models.CASCADE, db_index=False, related_name="shown")
    roadmap = models.ForeignKey(Roadmap, models.CASCADE, related_name="public_profiles")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "roadmap"], name="public_roadmap_once")]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.roadmap_id}"
