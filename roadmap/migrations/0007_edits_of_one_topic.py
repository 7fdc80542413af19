"""Edits of a topic's fields, and prerequisites taken back from the notes, have names of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0006_studio_acts"),
    ]

    operations = [
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
                        ],
                    )
                ),
                name="edit_verb_listed",
            ),
        ),
    ]
