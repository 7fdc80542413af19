"""Since when a topic is under way, per counted row, and an index of what is; built while people go on checking off."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("roadmap", "0005_seats_since_when"), ("tracker", "0006_cohorts")]

    operations = [
        migrations.AddField(
            model_name="roadmapsummary",
            name="learning_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        AddIndexConcurrently(
            model_name="topicprogress",
            index=models.Index(
                condition=models.Q(("state", "learning")),
                fields=["learner"],
                include=("topic", "changed_at"),
                name="topic_progress_under_way",
            ),
        ),
    ]
