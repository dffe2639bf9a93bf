"""Paths of results, dashboards, exports and reports."""

from django.urls import URLPattern, path

from paivand.evidence.views import report_mails, report_sections, reports, stories

app_name = "evidence"

_REPORT = "reports/<uuid:report_id>/"
_SECTION = "reports/sections/<uuid:section_id>/"

_reports: list[URLPattern] = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/new/", reports.report_begin, name="report-begin"),
    path(_REPORT, reports.report_open, name="report-open"),
    path(f"{_REPORT}paper/<slug:report_language>/<slug:paper_format>/", reports.report_paper, name="report-paper"),
    path(f"{_REPORT}figures/", reports.report_figures, name="report-figures"),
    path(f"{_REPORT}refresh/", reports.report_refresh, name="report-refresh"),
    path(f"{_REPORT}review/", reports.report_review, name="report-review"),
    path(f"{_REPORT}lock/", reports.report_lock, name="report-lock"),
    path(f"{_REPORT}back/", reports.report_back, name="report-back"),
    path(f"{_REPORT}give/", reports.report_give, name="report-give"),
    path(f"{_REPORT}stories/new/", stories.story_add, name="story-add"),
    path("reports/stories/<uuid:story_id>/remove/", stories.story_remove, name="story-remove"),
    path("reports/stories/<uuid:story_id>/photo/", stories.story_photo, name="story-photo"),
    path(_SECTION, report_sections.section_open, name="section-open"),
    path(f"{_SECTION}write/", report_sections.section_write, name="section-write"),
    path(f"{_SECTION}review/", report_sections.section_review, name="section-review"),
    path(f"{_SECTION}comment/", report_sections.section_comment, name="section-comment"),
    path("reports/comments/<uuid:comment_id>/settle/", report_sections.comment_settle, name="comment-settle"),
    path("reports/mails/<slug:programme_code>/", report_mails.mail_list, name="mail-list"),
    path("reports/mails/<uuid:schedule_id>/stop/", report_mails.mail_stop, name="mail-stop"),
]

urlpatterns: list[URLPattern] = [*_reports]
