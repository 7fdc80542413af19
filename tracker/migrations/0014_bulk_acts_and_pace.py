"""Acts on many topics at once, which can be taken back whole; who does not want to see their pace."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0015_search"),
        ("tracker", "0013_known_before"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="pace_hidden",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("section", "a module marked"),
                            ("reset", "a roadmap begun anew"),
                            ("known", "known before"),
                        ],
                        max_length=8,
                    ),
                ),
                ("state", models.CharField(max_length=8)),
                ("about", models.CharField(blank=True, max_length=200)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "fresh",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("left", models.PositiveIntegerField(default=0)),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_acts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="roadmap.roadmap",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "operation"), name="bulk_act_once_per_operation"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["section", "reset", "known"])), name="bulk_act_kind_listed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["todo", "learning", "done", "skipped"])),
                        name="bulk_act_state_listed",
                    ),
                ],
            },
        ),
    ]
