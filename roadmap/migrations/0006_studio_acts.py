"""What editors do in the studio is recorded with the roadmap, who, and the way back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0005_seats_since_when"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="edit",
            name="edit_verb_listed",
        ),
        migrations.AddField(
            model_name="edit",
            name="actor",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="edit",
            name="operation",
            field=models.UUIDField(blank=True, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="edit",
            name="roadmap",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="edits",
                to="roadmap.roadmap",
            ),
        ),
        migrations.AddField(
            model_name="edit",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="edit",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="edits",
                to="roadmap.topic",
            ),
        ),
        migrations.AlterField(
            model_name="edit",
            name="verb",
            field=models.CharField(
                choices=[
                    ("add_prerequisite", "added a prerequisite"),
                    ("remove_prerequisite", "removed a prerequisite"),
                    ("retire_topic", "retired the topic"),
                    ("restore_topic", "restored the topic"),
                    ("create_roadmap", "made a roadmap"),
                    ("create_section", "made a section"),
                    ("create_topic", "made a topic"),
                    ("rename", "renamed"),
                    ("move", "moved"),
                    ("set_optional", "made optional or required"),
                    ("set_choice", "made a choice"),
                    ("set_ordered", "made a chain"),
                    ("duplicate", "duplicated"),
                    ("retire", "retired"),
                    ("restore", "restored"),
                    ("remove_section", "took an empty section away"),
                    ("split_steps", "split into steps"),
                    ("split_topics", "split into topics"),
                    ("merge", "merged topics"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="edit",
            index=models.Index(fields=["roadmap", "-id"], name="edit_of_roadmap"),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verb__in",
                        [
                            "add_prerequisite",
                            "remove_prerequisite",
                            "retire_topic",
                            "restore_topic",
                            "create_roadmap",
                            "create_section",
                            "create_topic",
                            "rename",
                            "move",
                            "set_optional",
                            "set_choice",
                            "set_ordered",
                            "duplicate",
                            "retire",
                            "restore",
                            "remove_section",
                            "split_steps",
                            "split_topics",
                            "merge",
                        ],
                    )
                ),
                name="edit_verb_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.CheckConstraint(
                condition=models.Q(("roadmap", None), ("topic", None), _negated=True), name="edit_of_something"
            ),
        ),
    ]
