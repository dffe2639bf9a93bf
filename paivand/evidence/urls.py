"""Paths of results, dashboards, exports and reports."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from paivand.evidence.rules.reading import indicators as declared
from paivand.evidence.views import (
    entries,
    exports,
    indicators,
    overviews,
    places,
    records,
    report_mails,
    report_papers,
    report_sections,
    reports,
    results,
    stories,
)


class IndicatorConverter(StringConverter):
    """The code of an indicator. Another word is left to the paths that follow."""

    def to_python(self, value: str) -> str:
        """The code as it stands.

        Raises:
            ValueError: for a word that is no code.
        """
        if value not in declared():
            raise ValueError(value)
        return value


register_converter(IndicatorConverter, "indicator")

app_name = "evidence"
_results: list[URLPattern] = [
    path("results/", results.results_list, name="results-list"),
    path("results/places/", places.places_open, name="places-open"),
    path("results/places/pictures/<str:place_picture>.<str:kind>", places.places_picture, name="places-picture"),
    path("results/flow/", overviews.flow_open, name="flow-open"),
    path("results/flow/pictures/flow.<str:kind>", overviews.flow_picture, name="flow-picture"),
    path("results/agencies/", overviews.agencies_open, name="agencies-open"),
    path("results/agencies/pictures/agencies.<str:kind>", overviews.agencies_picture, name="agencies-picture"),
    path("results/aims/", overviews.aims_open, name="aims-open"),
    path("results/changes/", overviews.changes_open, name="changes-open"),
    path("results/editions/", entries.edition_list, name="edition-list"),
    path("results/editions/publish/", entries.edition_publish, name="edition-publish"),
    path("results/<indicator:indicator_code>/", indicators.indicator_open, name="indicator-open"),
    path("results/<indicator:indicator_code>/records/", records.records_open, name="records-open"),
    path(
        "results/<indicator:indicator_code>/pictures/<str:picture>.<str:kind>",
        indicators.indicator_picture,
        name="indicator-picture",
    ),
    path("results/<indicator:indicator_code>/<str:entered>/add/", entries.entered_add, name="entered-add"),
    path(
        "results/<indicator:indicator_code>/<str:entered>/<uuid:entry_id>/replace/",
        entries.entered_replace,
        name="entered-replace",
    ),
    path(
        "results/<indicator:indicator_code>/<str:entered>/<uuid:entry_id>/withdraw/",
        entries.entered_withdraw,
        name="entered-withdraw",
    ),
]

_REPORT = "reports/<uuid:report_id>/"
_SECTION = "reports/sections/<uuid:section_id>/"

_reports: list[URLPattern] = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/new/", reports.report_begin, name="report-begin"),
    path(_REPORT, reports.report_open, name="report-open"),
    path(
        f"{_REPORT}paper/<slug:report_language>/<slug:paper_format>/", report_papers.report_paper, name="report-paper"
    ),
    path(f"{_REPORT}papers/", report_papers.report_papers, name="report-papers"),
    path(f"{_REPORT}progress/", report_papers.report_progress, name="report-progress"),
    path(f"{_REPORT}figures/", report_papers.report_figures, name="report-figures"),
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

urlpatterns: list[URLPattern] = [
    path("results/export/", exports.results_export, name="results-export"),
    *_results,
    *_reports,
]
