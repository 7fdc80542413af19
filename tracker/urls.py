"""Addresses of the pages people see. URL name = view function = template."""

from django.urls import URLPattern, URLResolver, path

from tracker.views.account import (
    account,
    end_feed,
    end_sign_in_links,
    keyboard,
    set_language,
    set_name,
    set_theme,
    set_time_zone,
    set_week_hours,
    sign_out_device,
    sign_out_others,
)
from tracker.views.activity import activity, pace, show_pace
from tracker.views.acts import (
    answer_help,
    comment_as_mentor,
    nudge,
    reopen,
    set_target,
    sign_off,
    take_back,
    waive,
)
from tracker.views.changed import changed_text
from tracker.views.cohorts.inviting import (
    preview_invitations,
    resend_invitation,
    revoke_invitation,
    send_invitations,
)
from tracker.views.cohorts.joining import invited, join, join_code
from tracker.views.cohorts.lists import cohorts, leave_cohort, new_cohort
from tracker.views.cohorts.people import cohort_people, make_code, make_mentor, remove_member, revoke_code
from tracker.views.cohorts.settings import (
    archive_cohort,
    assign_roadmap,
    cohort_settings,
    edit_cohort,
    place_roadmap,
    unassign_roadmap,
)
from tracker.views.curriculum_health import (
    check_all_links,
    check_links,
    curriculum_health,
    repair_health,
    roadmap_health,
)
from tracker.views.erasing import erase_account, keep_account
from tracker.views.exports import events_csv, events_xlsx, export_csv, export_xlsx
from tracker.views.goals import choose_goal, goal, set_goal
from tracker.views.health import health
from tracker.views.languages import switch_language
from tracker.views.learners import help_requests, learner, sign_offs, sign_offs_wanted, timeline
from tracker.views.mail import mail_choices, mail_off
from tracker.views.maps import roadmap_map, roadmap_map_svg
from tracker.views.marks import mark_section, reset_roadmap
from tracker.views.matrix import bottlenecks, cohort
from tracker.views.news import news, news_read
from tracker.views.offline import offline, service_worker, web_manifest
from tracker.views.own_acts import ask_for_help, comment, hand_in, take_back_own
from tracker.views.own_export import (
    end_own_feed,
    make_own_feed,
    own_csv,
    own_events_csv,
    own_export,
    own_feed,
    own_ics,
    own_json,
    own_notes_zip,
    own_schema,
)
from tracker.views.own_notes import (
    add_resource,
    own_note,
    own_notes,
    preview_note,
    remove_resource,
    restore_note,
    write_note,
)
from tracker.views.people import (
    invite_person,
    people,
    person,
    resend_account,
    set_active,
    set_editing,
    set_role,
)
from tracker.views.profiles import own_profile, public_profile, roadmap_badge
from tracker.views.progress import set_step, set_topic_state, still_fine, undo
from tracker.views.reports import learner_report
from tracker.views.reviews import rate_review, review, set_review, undo_review
from tracker.views.roadmaps import roadmap, roadmaps
from tracker.views.search import palette_list, search_page
from tracker.views.shares import learner_share, share
from tracker.views.sign_in import sign_in_link
from tracker.views.studio.drafts import (
    begin_draft,
    discard_draft,
    draft,
    draft_preview,
    publish_draft,
    set_roadmap_state,
    take_up_draft,
)
from tracker.views.studio.forks import apply_upstream, follow_upstream, fork_roadmap, undo_upstream, upstream
from tracker.views.studio.history import studio_history, topic_history
from tracker.views.studio.import_plan import answer_import, apply_import, choose_parts, drop_import, import_plan
from tracker.views.studio.imports import import_source, imports, read_source, undo_import, upload_notes
from tracker.views.studio.needs import need_as_noted, remove_need, set_need, topic_needs
from tracker.views.studio.notes import studio_notes
from tracker.views.studio.revisions import record_revision, restore_revision, revision, revisions
from tracker.views.studio.topic import part_topics, preview_topic, save_topic, studio_titles, studio_topic
from tracker.views.studio.tree import (
    new_roadmap,
    studio,
    studio_act,
    studio_redo,
    studio_roadmap,
    studio_undo,
)
from tracker.views.studio.writing import allow_writing, topic_notes, unwrite_notes, write_notes
from tracker.views.targets import targets, targets_feed, targets_ics
from tracker.views.today import today
from tracker.views.topics import topic
from tracker.views.trail import audit, audit_csv
from tracker.views.welcome import known_topics, walk, week_hours, welcome

urlpatterns: list[URLPattern | URLResolver] = [
    # First, since addresses are tried in this order and this one is asked for most.
    path("topics/<str:slug>/state/", set_topic_state, name="set_topic_state"),
    path("", today, name="today"),
    path("roadmaps/", roadmaps, name="roadmaps"),
    path("roadmaps/<str:slug>/", roadmap, name="roadmap"),
    path("roadmaps/<str:slug>/goal/", choose_goal, name="choose_goal"),
    path("roadmaps/<str:slug>/goal/<str:topic>/", goal, name="goal"),
    path("roadmaps/<str:slug>/set-goal/", set_goal, name="set_goal"),
    path("review/", review, name="review"),
    path("review/undo/", undo_review, name="undo_review"),
    path("review/topics/<str:slug>/", rate_review, name="rate_review"),
    path("review/roadmaps/<str:slug>/", set_review, name="set_review"),
    path("roadmaps/<str:slug>/map/", roadmap_map, name="roadmap_map"),
    path("roadmaps/<str:slug>/map.svg", roadmap_map_svg, name="roadmap_map_svg"),
    path("topics/<str:slug>/", topic, name="topic"),
    path("topics/<str:slug>/steps/<uuid:uid>/", set_step, name="set_step"),
    path("topics/<str:slug>/fine/", still_fine, name="still_fine"),
    path("topics/<str:slug>/help/", ask_for_help, name="ask_for_help"),
    path("topics/<str:slug>/comments/", comment, name="comment"),
    path("topics/<str:slug>/evidence/", hand_in, name="hand_in"),
    path("topics/<str:slug>/note/", write_note, name="write_note"),
    path("topics/<str:slug>/note/mine/", own_note, name="own_note"),
    path("topics/<str:slug>/note/preview/", preview_note, name="preview_note"),
    path("topics/<str:slug>/note/restore/", restore_note, name="restore_note"),
    path("topics/<str:slug>/links/", add_resource, name="add_resource"),
    path("topics/<str:slug>/links/<int:pk>/remove/", remove_resource, name="remove_resource"),
    path("notes/", own_notes, name="own_notes"),
    path("mine/export/", own_export, name="own_export"),
    path("mine/export/everything.json", own_json, name="own_json"),
    path("mine/export/topics.csv", own_csv, name="own_csv"),
    path("mine/export/events.csv", own_events_csv, name="own_events_csv"),
    path("mine/export/notes.zip", own_notes_zip, name="own_notes_zip"),
    path("mine/export/dates.ics", own_ics, name="own_ics"),
    path("mine/export/schema.json", own_schema, name="own_schema"),
    path("mine/calendar/make/", make_own_feed, name="make_own_feed"),
    path("mine/calendar/end/", end_own_feed, name="end_own_feed"),
    path("mine/profile/", own_profile, name="own_profile"),
    path("mine/delete/", erase_account, name="erase_account"),
    path("mine/delete/keep/", keep_account, name="keep_account"),
    path("calendars/mine/<str:token>.ics", own_feed, name="own_feed"),
    path("p/<slug:handle>/", public_profile, name="public_profile"),
    path("p/<slug:handle>/<str:slug>/badge.svg", roadmap_badge, name="roadmap_badge"),
    path("topics/<str:slug>/take-back/", take_back_own, name="take_back_own"),
    path("progress/undo/", undo, name="undo"),
    path("timeline/", timeline, name="timeline"),
    path("search/", search_page, name="search"),
    path("search/palette/", palette_list, name="palette"),
    path("roadmaps/<str:slug>/sign-offs/", sign_offs_wanted, name="sign_offs_wanted"),
    path("cohorts/<slug:slug>/help/", help_requests, name="help_requests"),
    path("cohorts/<slug:slug>/help/<int:pk>/answer/", answer_help, name="answer_help"),
    path("cohorts/<slug:slug>/sign-offs/", sign_offs, name="sign_offs"),
    path("cohorts/<slug:slug>/learners/<int:pk>/", learner, name="learner"),
    path("cohorts/<slug:slug>/learners/<int:pk>/topics/<str:topic>/waive/", waive, name="waive"),
    path("cohorts/<slug:slug>/learners/<int:pk>/topics/<str:topic>/reopen/", reopen, name="reopen"),
    path(
        "cohorts/<slug:slug>/learners/<int:pk>/topics/<str:topic>/comments/",
        comment_as_mentor,
        name="comment_as_mentor",
    ),
    path("cohorts/<slug:slug>/learners/<int:pk>/sign-off/<str:roadmap>/", sign_off, name="sign_off"),
    path("cohorts/<slug:slug>/learners/<int:pk>/target/<str:roadmap>/", set_target, name="set_target"),
    path("cohorts/<slug:slug>/learners/<int:pk>/nudge/", nudge, name="nudge"),
    path("cohorts/<slug:slug>/learners/<int:pk>/take-back/", take_back, name="take_back"),
    path("cohorts/", cohorts, name="cohorts"),
    path("cohorts/new/", new_cohort, name="new_cohort"),
    path("cohorts/<str:slug>/people/", cohort_people, name="cohort_people"),
    path("cohorts/<str:slug>/people/<int:pk>/mentor/", make_mentor, name="make_mentor"),
    path("cohorts/<str:slug>/people/<int:pk>/remove/", remove_member, name="remove_member"),
    path("cohorts/<str:slug>/codes/", make_code, name="make_code"),
    path("cohorts/<str:slug>/codes/<int:pk>/revoke/", revoke_code, name="revoke_code"),
    path("cohorts/<str:slug>/invitations/preview/", preview_invitations, name="preview_invitations"),
    path("cohorts/<str:slug>/invitations/", send_invitations, name="send_invitations"),
    path("cohorts/<str:slug>/invitations/<int:pk>/resend/", resend_invitation, name="resend_invitation"),
    path("cohorts/<str:slug>/invitations/<int:pk>/revoke/", revoke_invitation, name="revoke_invitation"),
    path("cohorts/<str:slug>/settings/", cohort_settings, name="cohort_settings"),
    path("cohorts/<str:slug>/settings/edit/", edit_cohort, name="edit_cohort"),
    path("cohorts/<str:slug>/roadmaps/", assign_roadmap, name="assign_roadmap"),
    path("cohorts/<str:slug>/roadmaps/remove/", unassign_roadmap, name="unassign_roadmap"),
    path("cohorts/<str:slug>/roadmaps/place/", place_roadmap, name="place_roadmap"),
    path("cohorts/<str:slug>/archive/", archive_cohort, name="archive_cohort"),
    path("cohorts/<str:slug>/leave/", leave_cohort, name="leave_cohort"),
    path("join/", join_code, name="join_code"),
    path("join/<str:code>/", join, name="join"),
    path("invited/<str:token>/", invited, name="invited"),
    path("sign-in/<str:token>/", sign_in_link, name="sign_in_link"),
    path("cohorts/<str:slug>/export.csv", export_csv, name="export_csv"),
    path("cohorts/<str:slug>/export.xlsx", export_xlsx, name="export_xlsx"),
    path("cohorts/<str:slug>/events.csv", events_csv, name="events_csv"),
    path("cohorts/<str:slug>/events.xlsx", events_xlsx, name="events_xlsx"),
    path("cohorts/<slug:slug>/learners/<int:pk>/report/", learner_report, name="learner_report"),
    path("cohorts/<slug:slug>/targets/", targets, name="targets"),
    path("cohorts/<slug:slug>/targets.ics", targets_ics, name="targets_ics"),
    path("calendars/<str:token>.ics", targets_feed, name="targets_feed"),
    path("account/", account, name="account"),
    path("account/name/", set_name, name="set_name"),
    path("account/language/", set_language, name="set_language"),
    path("account/theme/", set_theme, name="set_theme"),
    path("account/time-zone/", set_time_zone, name="set_time_zone"),
    path("account/hours/", set_week_hours, name="set_week_hours"),
    path("account/devices/sign-out/", sign_out_device, name="sign_out_device"),
    path("account/devices/sign-out-others/", sign_out_others, name="sign_out_others"),
    path("account/calendars/<slug:slug>/end/", end_feed, name="end_feed"),
    path("account/sign-in-links/end/", end_sign_in_links, name="end_sign_in_links"),
    path("keyboard/", keyboard, name="keyboard"),
    path("mail/", mail_choices, name="mail_choices"),
    path("mail/off/<str:token>/", mail_off, name="mail_off"),
    path("cohorts/<str:slug>/", cohort, name="cohort"),
    path("cohorts/<str:slug>/bottlenecks/", bottlenecks, name="bottlenecks"),
    path("studio/titles/", studio_titles, name="studio_titles"),
    path("studio/topics/<str:slug>/", studio_topic, name="studio_topic"),
    path("studio/topics/<str:slug>/save/", save_topic, name="save_topic"),
    path("studio/topics/<str:slug>/preview/", preview_topic, name="preview_topic"),
    path("studio/topics/<str:slug>/part/", part_topics, name="part_topics"),
    path("studio/topics/<str:slug>/history/", topic_history, name="topic_history"),
    path("studio/topics/<str:slug>/needs/", topic_needs, name="topic_needs"),
    path("studio/topics/<str:slug>/needs/set/", set_need, name="set_need"),
    path("studio/topics/<str:slug>/needs/remove/", remove_need, name="remove_need"),
    path("studio/topics/<str:slug>/needs/noted/", need_as_noted, name="need_as_noted"),
    path("studio/topics/<str:slug>/notes/", topic_notes, name="topic_notes"),
    path("studio/topics/<str:slug>/notes/write/", write_notes, name="write_notes"),
    path("studio/topics/<str:slug>/notes/unwrite/", unwrite_notes, name="unwrite_notes"),
    path("studio/imports/", imports, name="imports"),
    path("studio/imports/upload/", upload_notes, name="upload_notes"),
    path("studio/imports/sources/<uuid:uid>/", import_source, name="import_source"),
    path("studio/imports/sources/<uuid:uid>/read/", read_source, name="read_source"),
    path("studio/imports/sources/<uuid:uid>/writing/", allow_writing, name="allow_writing"),
    path("studio/imports/sources/<uuid:uid>/undo/", undo_import, name="undo_import"),
    path("studio/imports/plans/<uuid:uid>/", import_plan, name="import_plan"),
    path("studio/imports/plans/<uuid:uid>/answer/", answer_import, name="answer_import"),
    path("studio/imports/plans/<uuid:uid>/parts/", choose_parts, name="choose_parts"),
    path("studio/imports/plans/<uuid:uid>/apply/", apply_import, name="apply_import"),
    path("studio/imports/plans/<uuid:uid>/drop/", drop_import, name="drop_import"),
    path("people/", people, name="people"),
    path("people/invite/", invite_person, name="invite_person"),
    path("people/<int:pk>/", person, name="person"),
    path("people/<int:pk>/role/", set_role, name="set_role"),
    path("people/<int:pk>/active/", set_active, name="set_active"),
    path("people/<int:pk>/roadmaps/", set_editing, name="set_editing"),
    path("people/<int:pk>/resend/", resend_account, name="resend_account"),
    path("audit/", audit, name="audit"),
    path("audit/export.csv", audit_csv, name="audit_csv"),
    path("studio/health/", curriculum_health, name="curriculum_health"),
    path("studio/health/repair/", repair_health, name="repair_health"),
    path("studio/health/links/", check_all_links, name="check_all_links"),
    path("studio/<str:slug>/health/", roadmap_health, name="roadmap_health"),
    path("studio/<str:slug>/health/links/", check_links, name="check_links"),
    path("health/", health, name="health"),
    path("language/", switch_language, name="switch_language"),
    path("offline/", offline, name="offline"),
    path("sw.js", service_worker, name="service_worker"),
    path("manifest.webmanifest", web_manifest, name="web_manifest"),
    path("studio/", studio, name="studio"),
    path("studio/new/", new_roadmap, name="new_roadmap"),
    path("studio/<str:slug>/", studio_roadmap, name="studio_roadmap"),
    path("studio/<str:slug>/act/", studio_act, name="studio_act"),
    path("studio/<str:slug>/undo/", studio_undo, name="studio_undo"),
    path("studio/<str:slug>/redo/", studio_redo, name="studio_redo"),
    path("studio/<str:slug>/history/", studio_history, name="studio_history"),
    path("studio/<str:slug>/notes.zip", studio_notes, name="studio_notes"),
    path("studio/<str:slug>/fork/", fork_roadmap, name="fork_roadmap"),
    path("studio/<str:slug>/upstream/", upstream, name="upstream"),
    path("studio/<str:slug>/upstream/apply/", apply_upstream, name="apply_upstream"),
    path("studio/<str:slug>/upstream/undo/", undo_upstream, name="undo_upstream"),
    path("studio/<str:slug>/upstream/follow/", follow_upstream, name="follow_upstream"),
    path("studio/<str:slug>/state/", set_roadmap_state, name="set_roadmap_state"),
    path("studio/<str:slug>/draft/", draft, name="draft"),
    path("studio/<str:slug>/draft/begin/", begin_draft, name="begin_draft"),
    path("studio/<str:slug>/draft/preview/", draft_preview, name="draft_preview"),
    path("studio/<str:slug>/draft/<int:pk>/publish/", publish_draft, name="publish_draft"),
    path("studio/<str:slug>/draft/<int:pk>/discard/", discard_draft, name="discard_draft"),
    path("studio/<str:slug>/draft/<int:pk>/take-up/", take_up_draft, name="take_up_draft"),
    path("studio/<str:slug>/revisions/", revisions, name="revisions"),
    path("studio/<str:slug>/revisions/record/", record_revision, name="record_revision"),
    path("studio/<str:slug>/revisions/<int:number>/", revision, name="revision"),
    path("studio/<str:slug>/revisions/<int:number>/restore/", restore_revision, name="restore_revision"),
    path("roadmaps/<str:slug>/share/", share, name="share"),
    path("roadmaps/<str:slug>/mark/", mark_section, name="mark_section"),
    path("roadmaps/<str:slug>/reset/", reset_roadmap, name="reset_roadmap"),
    path("roadmaps/<str:slug>/pace/", pace, name="pace"),
    path("pace/", show_pace, name="show_pace"),
    path("activity/", activity, name="activity"),
    path("topics/<str:slug>/changed/", changed_text, name="changed_text"),
    path("cohorts/<slug:slug>/learners/<int:pk>/share/<str:roadmap>/", learner_share, name="learner_share"),
    path("welcome/", welcome, name="welcome"),
    path("welcome/hours/", week_hours, name="week_hours"),
    path("roadmaps/<str:slug>/walk/", walk, name="walk"),
    path("roadmaps/<str:slug>/known/", known_topics, name="known_topics"),
    path("roadmaps/<str:slug>/news/", news, name="news"),
    path("roadmaps/<str:slug>/news/read/", news_read, name="news_read"),
]
