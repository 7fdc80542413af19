"""Who edits which roadmap, what links answered, and the trail of acts, which is never changed and never deleted."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tracker_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of entry % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON tracker_auditentry
    FOR EACH ROW EXECUTE FUNCTION tracker_refuse_audit_change();
"""
BACKWARD = """
DROP TRIGGER audit_entry_append_only ON tracker_auditentry;
DROP FUNCTION tracker_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("roadmap", "0005_seats_since_when"),
        ("tracker", "0008_counted_with_the_event"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("by", models.BigIntegerField(blank=True, null=True)),
                ("by_name", models.CharField(max_length=150)),
                ("verb", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("object", models.BigIntegerField(blank=True, null=True)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="audit_entry_latest"),
                    models.Index(fields=["kind", "object"], name="audit_entry_of_object"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verb", ""), _negated=True), models.Q(("kind", ""), _negated=True)
                        ),
                        name="audit_entry_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by_name", ""), _negated=True), name="audit_entry_says_who"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("url", models.CharField(max_length=2000)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("fine", "answers"),
                            ("broken", "is broken"),
                            ("unsure", "cannot be told"),
                            ("refused", "was not asked"),
                        ],
                        max_length=8,
                    ),
                ),
                ("said", models.CharField(max_length=200)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["fine", "broken", "unsure", "refused"])),
                        name="link_check_outcome_listed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoadmapEditor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="editors", to="roadmap.roadmap"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roadmaps_edited",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "roadmap"), name="roadmap_editor_once")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
