"""People, their progress and their cohorts, laid over the curriculum of `roadmap`."""

from tracker.models.acts import Comment, Evidence, HelpRequest, LearnerTarget, Nudge, SignOff, SignOffWanted
from tracker.models.bulk import BulkAct
from tracker.models.cohorts import Cohort, CohortRoadmap, Invitation, Invited, Membership
from tracker.models.feeds import FeedLink
from tracker.models.goals import Goal
from tracker.models.mail import Mail, MailChoice
from tracker.models.own import CalendarFeed, OwnResource, PublicProfile, PublicRoadmap
from tracker.models.people import Session, SignInLink, User
from tracker.models.progress import Enrolment, ProgressEvent, RoadmapSummary, StepProgress, TopicNote, TopicProgress
from tracker.models.review import ReviewCard, ReviewLog, ReviewPlan
from tracker.models.trail import AuditEntry, LinkCheck, RoadmapEditor

__all__ = [
    "AuditEntry",
    "BulkAct",
    "CalendarFeed",
    "Cohort",
    "CohortRoadmap",
    "Comment",
    "Enrolment",
    "Evidence",
    "FeedLink",
    "Goal",
    "HelpRequest",
    "Invitation",
    "Invited",
    "LearnerTarget",
    "LinkCheck",
    "Mail",
    "MailChoice",
    "Membership",
    "Nudge",
    "OwnResource",
    "ProgressEvent",
    "PublicProfile",
    "PublicRoadmap",
    "ReviewCard",
    "ReviewLog",
    "ReviewPlan",
    "RoadmapEditor",
    "RoadmapSummary",
    "Session",
    "SignInLink",
    "SignOff",
    "SignOffWanted",
    "StepProgress",
    "TopicNote",
    "TopicProgress",
    "User",
]
