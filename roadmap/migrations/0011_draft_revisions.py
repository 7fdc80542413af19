"""Draft revisions of roadmaps, and the revisions they were published as, which are append-only."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION roadmap_refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'revisions are append-only: % of row % of % refused', TG_OP, OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER roadmap_revision_append_only BEFORE UPDATE OR DELETE ON roadmap_roadmaprevision
    FOR EACH ROW EXECUTE FUNCTION roadmap_refuse_revision_change();
CREATE TRIGGER revision_topic_append_only BEFORE UPDATE OR DELETE ON roadmap_revisiontopic
    FOR EACH ROW EXECUTE FUNCTION roadmap_refuse_revision_change();
"""
CHANGEABLE = """
DROP TRIGGER revision_topic_append_only ON roadmap_revisiontopic;
DROP TRIGGER roadmap_revision_append_only ON roadmap_roadmaprevision;
DROP FUNCTION roadmap_refuse_revision_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0010_write_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recorded",
            fields=[
                (
                    "roadmap",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="recorded",
                        serialize=False,
                        to="roadmap.roadmap",
                    ),
                ),
                ("revision", models.PositiveBigIntegerField()),
                ("news_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DraftRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("published", "published"), ("discarded", "discarded")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("acts", models.PositiveIntegerField(default=0)),
                ("opened_by", models.CharField(max_length=150)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="roadmap.roadmap"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="DraftPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("roadmap", "a roadmap with its sections and seats"), ("topic", "a topic")],
                        max_length=7,
                    ),
                ),
                ("uid", models.UUIDField()),
                ("base", models.JSONField()),
                ("now", models.JSONField()),
                ("revision", models.PositiveBigIntegerField(default=0)),
                ("made", models.BooleanField(default=False)),
                (
                    "draft",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="roadmap.draftrevision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DraftAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "edit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draft_act", to="roadmap.edit"
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="done", to="roadmap.draftrevision"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoadmapRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("first", "as it was when revisions began"),
                            ("draft", "a draft was published"),
                            ("edits", "edited"),
                            ("import", "notes were read"),
                            ("state", "the roadmap was published"),
                        ],
                        max_length=6,
                    ),
                ),
                ("by", models.CharField(blank=True, max_length=150)),
                ("note", models.TextField(blank=True)),
                ("tree", models.JSONField()),
                ("changes", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("news", models.BooleanField(default=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "draft",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_as",
                        to="roadmap.draftrevision",
                    ),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="roadmap.roadmap",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="RevisionTopic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField()),
                ("data", models.JSONField()),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="roadmap.roadmaprevision",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="draftrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "published", "discarded"])),
                name="draft_revision_state_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="draft_revision_closed_at_when_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftrevision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("roadmap",), name="draft_revision_once_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftpart",
            constraint=models.UniqueConstraint(fields=("draft", "kind", "uid"), name="draft_part_once"),
        ),
        migrations.AddConstraint(
            model_name="draftpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["roadmap", "topic"])), name="draft_part_kind_listed"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("made", False), ("kind", "topic"), _connector="OR"),
                name="draft_part_only_topics_are_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="roadmaprevision",
            constraint=models.UniqueConstraint(fields=("roadmap", "number"), name="roadmap_revision_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="roadmaprevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="roadmap_revision_numbered_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="roadmaprevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("how__in", ["first", "draft", "edits", "import", "state"])),
                name="roadmap_revision_how_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisiontopic",
            constraint=models.UniqueConstraint(fields=("revision", "uid"), name="revision_topic_once"),
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
