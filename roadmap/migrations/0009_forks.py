"""A roadmap that follows another one, and the names of what editors do with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0008_history_of_the_curriculum"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveBigIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "roadmap",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fork", to="roadmap.roadmap"
                    ),
                ),
                (
                    "upstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forks", to="roadmap.roadmap"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("upstream__lt", models.F("roadmap"))), name="fork_younger_than_upstream"
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="edit",
            name="edit_verb_listed",
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
                    ("edit_topic", "edited the topic"),
                    ("take_notes_need", "took the notes' prerequisite"),
                    ("fork", "forked a roadmap"),
                    ("follow", "followed or stopped following"),
                    ("take_out", "took out of the roadmap"),
                    ("put_in", "put into the roadmap"),
                    ("own_copy", "made a copy of its own"),
                ],
                max_length=20,
            ),
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
                            "edit_topic",
                            "take_notes_need",
                            "fork",
                            "follow",
                            "take_out",
                            "put_in",
                            "own_copy",
                        ],
                    )
                ),
                name="edit_verb_listed",
            ),
        ),
    ]
