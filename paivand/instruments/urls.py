"""Paths of instruments."""

from django.urls import path

from paivand.instruments.views import answering, catalogue, flags, histories, results

app_name = "instruments"
urlpatterns = [
    path("families/<str:code>/assessments/", histories.family_assessments, name="family-assessments"),
    path("families/<str:code>/assessments/new/", histories.assessment_begin, name="assessment-begin"),
    path("assessments/<uuid:assessment_id>/", results.assessment_open, name="assessment-open"),
    path(
        "assessments/<uuid:assessment_id>/part/<str:section_code>/",
        answering.assessment_answer,
        name="assessment-answer",
    ),
    path("assessments/<uuid:assessment_id>/complete/", answering.assessment_complete, name="assessment-complete"),
    path("assessments/<uuid:assessment_id>/aside/", answering.assessment_set_aside, name="assessment-set-aside"),
    path("assessments/<uuid:assessment_id>/recompute/", results.scores_recompute, name="scores-recompute"),
    path("red-flags/", flags.flag_list, name="flag-list"),
    path("red-flags/<uuid:flag_id>/", flags.flag_open, name="flag-open"),
    path("instruments/", catalogue.instrument_list, name="instrument-list"),
    path(
        "instruments/<str:instrument_code>/<str:instrument_version>/",
        catalogue.instrument_open,
        name="instrument-open",
    ),
]
