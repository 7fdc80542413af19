"""What a check-off writes is checked by shorter rules.

PostgreSQL reads CHECK constraints from their stored form for each statement that writes; a list of states is three
times as long there as a pattern, six comparisons of a summary more than twice as long as one. Added without a look at
the rows there are, so that no check-off waits for it: 0022 looks at them, and takes the old ones away.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual

STATE = r"^(todo|learning|done|skipped|waived)$"
COUNTS = Least("revision", "required", "done", "waived", "learning", "skipped")


class Migration(migrations.Migration):
    dependencies = [("tracker", "0020_learners_of_a_cohort"), ("roadmap", "0018_texts_may_wait")]
    operations = [
        AddConstraintNotValid(
            "topicprogress",
            models.CheckConstraint(condition=models.Q(state__regex=STATE), name="topic_progress_state_known"),
        ),
        AddConstraintNotValid(
            "progressevent",
            models.CheckConstraint(
                condition=models.Q(was__regex=STATE, now__regex=STATE), name="progress_event_states_known"
            ),
        ),
        AddConstraintNotValid(
            "roadmapsummary",
            models.CheckConstraint(
                condition=GreaterThanOrEqual(COUNTS, models.Value(0)), name="roadmap_summary_counts_from_zero"
            ),
        ),
    ]
