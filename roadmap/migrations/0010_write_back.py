"""Edits may be written back to the notes of a source: whether, and what its files were when they were read."""

import django.db.models.deletion
from django.db import migrations, models

VERBS = {
    "add_prerequisite": "added a prerequisite",
    "remove_prerequisite": "removed a prerequisite",
    "retire_topic": "retired the topic",
    "restore_topic": "restored the topic",
    "create_roadmap": "made a roadmap",
    "create_section": "made a section",
    "create_topic": "made a topic",
    "rename": "renamed",
    "move": "moved",
    "set_optional": "made optional or required",
    "set_choice": "made a choice",
    "set_ordered": "made a chain",
    "duplicate": "duplicated",
    "retire": "retired",
    "restore": "restored",
    "remove_section": "took an empty section away",
    "split_steps": "split into steps",
    "split_topics": "split into topics",
    "merge": "merged topics",
    "edit_topic": "edited the topic",
    "take_notes_need": "took the notes' prerequisite",
    "fork": "forked a roadmap",
    "follow": "followed or stopped following",
    "take_out": "took out of the roadmap",
    "put_in": "put into the roadmap",
    "own_copy": "made a copy of its own",
    "write_back": "wrote an edit to the notes",
}


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0009_forks"),
    ]

    operations = [
        migrations.AddField(
            model_name="notesource",
            name="writable",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="SourceFiles",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digests", models.JSONField(default=dict)),
                (
                    "source",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files_read",
                        to="roadmap.notesource",
                    ),
                ),
            ],
            options={"verbose_name_plural": "source files"},
        ),
        migrations.RemoveConstraint(
            model_name="edit",
            name="edit_verb_listed",
        ),
        migrations.AlterField(
            model_name="edit",
            name="verb",
            field=models.CharField(choices=list(VERBS.items()), max_length=20),
        ),
        migrations.AddConstraint(
            model_name="edit",
            constraint=models.CheckConstraint(
                condition=models.Q(("verb__in", list(VERBS))),
                name="edit_verb_listed",
            ),
        ),
    ]
