"""When and on what a session was used, and which calendar addresses are in use."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0016_goals_that_follow_and_review"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="device",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name="session",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="FeedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(default=0)),
                ("first_used_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feed_links", to="tracker.cohort"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "cohort"), name="feed_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_used_at", None), ("used_at", None)),
                            models.Q(
                                ("first_used_at__isnull", False),
                                ("used_at__gte", models.F("first_used_at")),
                                ("used_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="feed_link_first_before_last",
                    ),
                ],
            },
        ),
    ]
