"""A check-off writes as little as it can: no index twice, and room for the new version of a summary beside the old."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ROOM = "ALTER TABLE tracker_roadmapsummary SET (fillfactor = 50)"
NO_ROOM = "ALTER TABLE tracker_roadmapsummary RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("tracker", "0009_people_and_trail")]

    operations = [
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.AlterField(
            model_name="topicprogress",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="progress",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="progressevent",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="progress_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="roadmapsummary",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="summaries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="enrolment",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="enrolments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
