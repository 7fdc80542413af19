"""When a learner last read what is new on a roadmap they walk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0010_fewer_indexes_behind_a_check_off"), ("roadmap", "0011_draft_revisions")]
    operations = [
        migrations.AddField("enrolment", "news_seen_at", models.DateTimeField(blank=True, null=True)),
    ]
