"""Goals remember the way that was chosen and follow merged topics; spaced review of finished topics."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tracker_refuse_review_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('pathnotes.erasing', true) = OLD.learner_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the log of reviews is append-only: % of row % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER review_log_append_only BEFORE UPDATE OR DELETE ON tracker_reviewlog
    FOR EACH ROW EXECUTE FUNCTION tracker_refuse_review_change();
"""
BACKWARD = """
DROP TRIGGER review_log_append_only ON tracker_reviewlog;
DROP FUNCTION tracker_refuse_review_change();
"""


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0015_search"), ("tracker", "0015_own_things_profiles_and_erasure")]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="instead",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="merged_from",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.CreateModel(
            name="ReviewCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stability", models.FloatField()),
                ("difficulty", models.FloatField()),
                ("due_on", models.DateField()),
                ("reviewed_on", models.DateField()),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("credited_on", models.DateField(blank=True, null=True)),
                ("credits", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "merged_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_cards",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_cards", to="roadmap.topic"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "topic"), name="review_card_once"),
                    models.CheckConstraint(condition=models.Q(("stability__gt", 0)), name="review_card_stable"),
                    models.CheckConstraint(
                        condition=models.Q(("difficulty__range", (1, 10))), name="review_card_difficulty_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rating__isnull", True), ("rating__range", (1, 4)), _connector="OR"),
                        name="review_card_rating_listed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("reviewed_on"))), name="review_card_due_after_review"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.UUIDField(default=uuid.uuid4)),
                ("at", models.DateTimeField()),
                ("day", models.DateField()),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("elapsed", models.PositiveIntegerField(default=0)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("version", models.PositiveIntegerField()),
                (
                    "credited_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roadmap.topic",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_log",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_log", to="roadmap.topic"
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="tracker.reviewlog",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["learner", "day"], name="review_log_of_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("learner", "operation", "topic"), name="review_log_once_per_operation"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credited_from__isnull", True),
                                ("rating__isnull", False),
                                ("rating__range", (1, 4)),
                                ("undoes__isnull", True),
                            ),
                            models.Q(
                                ("credited_from__isnull", False), ("rating__isnull", True), ("undoes__isnull", True)
                            ),
                            models.Q(
                                ("credited_from__isnull", True), ("rating__isnull", True), ("undoes__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="review_log_of_one_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("active", models.BooleanField(default=True)),
                (
                    "daily_cap",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                ("retention", models.FloatField(default=0.9)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "learner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="review_plans", to="roadmap.roadmap"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "roadmap"), name="review_plan_once"),
                    models.CheckConstraint(
                        condition=models.Q(("daily_cap__range", (1, 200))), name="review_plan_cap_sensible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("retention__range", (0.7, 0.97))), name="review_plan_retention_sensible"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
