"""Own links, calendars and profiles; notes that can be brought back; accounts that are erased.

What is append-only stays so. For an account that is erased the triggers let one thing pass, and only where the
transaction says `pathnotes.erasing`: that a name goes out of a row which otherwise stays as it is.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tracker_only_forgets(was jsonb, now jsonb, VARIADIC names text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('pathnotes.erasing', true), '') = 'yes' AND was - names = now - names
$$;
CREATE OR REPLACE FUNCTION tracker_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.note = '' AND tracker_only_forgets(to_jsonb(OLD), to_jsonb(NEW), 'note') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'progress events are append-only: % of event % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION tracker_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF tracker_only_forgets(to_jsonb(OLD), to_jsonb(NEW), 'by_name', 'title', 'detail') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: % of entry % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION roadmap_refuse_context_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF tracker_only_forgets(to_jsonb(OLD), to_jsonb(NEW), 'metadata', 'updated_at') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the history is append-only: % of context % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION roadmap_refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'roadmap_roadmaprevision' THEN
        IF tracker_only_forgets(to_jsonb(OLD), to_jsonb(NEW), 'by') THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'revisions are append-only: % of row % of % refused', TG_OP, OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION tracker_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'progress events are append-only: % of event % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION tracker_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % of entry % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION roadmap_refuse_context_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only: % of context % refused', TG_OP, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION roadmap_refuse_revision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'revisions are append-only: % of row % of % refused', TG_OP, OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP FUNCTION tracker_only_forgets(jsonb, jsonb, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("roadmap", "0015_search"),
        ("tracker", "0014_bulk_acts_and_pace"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="OwnResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=2000)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "course"),
                            ("book", "book"),
                            ("video", "video"),
                            ("article", "article"),
                            ("paper", "paper"),
                            ("project", "project"),
                            ("tool", "tool"),
                            ("link", "link"),
                        ],
                        default="link",
                        max_length=10,
                    ),
                ),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PublicProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "handle",
                    models.CharField(
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator("^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,29}$")
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("about", models.CharField(blank=True, max_length=300)),
                ("public", models.BooleanField(default=False)),
                ("activity", models.BooleanField(default=False)),
                ("indexed", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="PublicRoadmap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AlterModelOptions(
            name="topicnote",
            options={"base_manager_name": "every"},
        ),
        migrations.AlterModelManagers(
            name="topicnote",
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("every", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="topicnote",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="erase_after",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invite", "invitation"),
                    ("nudge", "nudge"),
                    ("digest", "weekly digest"),
                    ("answer", "answer to a help request"),
                    ("account", "about the account itself"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="mailchoice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invite", "invitation"),
                    ("nudge", "nudge"),
                    ("digest", "weekly digest"),
                    ("answer", "answer to a help request"),
                    ("account", "about the account itself"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("erase_after__isnull", False)), fields=["erase_after"], name="user_to_be_erased"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at", None),
                    models.Q(("is_active", False), ("role", "learner")),
                    _connector="OR",
                ),
                name="user_erased_is_nobody",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="calendar_feed", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ownresource",
            name="learner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="own_resources",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ownresource",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="own_resources", to="roadmap.topic"
            ),
        ),
        migrations.AddField(
            model_name="publicprofile",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="public_profile", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="publicroadmap",
            name="profile",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shown",
                to="tracker.publicprofile",
            ),
        ),
        migrations.AddField(
            model_name="publicroadmap",
            name="roadmap",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="public_profiles", to="roadmap.roadmap"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownresource",
            constraint=models.UniqueConstraint(
                models.F("learner"),
                models.F("topic"),
                django.db.models.functions.text.MD5("url"),
                name="own_resource_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownresource",
            constraint=models.CheckConstraint(
                condition=models.Q(("url__iregex", "^https?://")), name="own_resource_leads_to_the_web"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownresource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["course", "book", "video", "article", "paper", "project", "tool", "link"])
                ),
                name="own_resource_kind_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("handle__regex", "^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,29}$")),
                name="public_profile_handle_plain",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicroadmap",
            constraint=models.UniqueConstraint(fields=("profile", "roadmap"), name="public_roadmap_once"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
