"""Paths of cases. Each part of the room has its own lines."""

from django.urls import URLPattern, path

from paivand.cases.views import acts, cases

app_name = "cases"
urlpatterns: list[URLPattern] = [
    # --- cases, plans, closure
    path("cases/", cases.case_list, name="case-list"),
    path("families/<str:code>/cases/", cases.family_cases, name="family-cases"),
    path("families/<str:code>/cases/new/", acts.case_begin, name="case-begin"),
    path("cases/<str:code>/", cases.case_open, name="case-open"),
    path("cases/<str:code>/edit/", acts.case_edit, name="case-edit"),
    path("cases/<str:code>/risk/", acts.risk_change, name="risk-change"),
    path("cases/<str:code>/assessed/", acts.assessed_note, name="assessed-note"),
    path("cases/<str:code>/begin/", acts.work_begin, name="work-begin"),
    path("cases/<str:code>/take-up/", acts.case_take_up, name="case-take-up"),
    path("cases/<str:code>/reopen/", acts.case_reopen, name="case-reopen"),
    path("cases/<str:code>/people/add/", acts.person_add, name="person-add"),
    path("cases/<str:code>/people/<uuid:place_id>/end/", acts.person_end, name="person-end"),
    path("cases/<str:code>/review/", acts.plan_review, name="plan-review"),
    path("cases/<str:code>/due/<uuid:due_id>/", acts.due_answer, name="due-answer"),
    # --- records in a case: notes, visits, conferences, documents, legal matters, sessions, schooling
    # --- assignment, supervision, desk
    # --- selection
]
