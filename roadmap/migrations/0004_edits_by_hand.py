"""What editors do by hand is recorded."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0003_overrides_of_roadmaps_and_sections"),
    ]

    operations = [
        migrations.CreateModel(
            name="Edit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("add_prerequisite", "added a prerequisite"),
                            ("remove_prerequisite", "removed a prerequisite"),
                            ("retire_topic", "retired the topic"),
                            ("restore_topic", "restored the topic"),
                        ],
                        max_length=20,
                    ),
                ),
                ("by", models.CharField(max_length=150)),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="edits", to="roadmap.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verb__in", ["add_prerequisite", "remove_prerequisite", "retire_topic", "restore_topic"])
                        ),
                        name="edit_verb_listed",
                    )
                ],
            },
        ),
    ]
