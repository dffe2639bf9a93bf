"""Paths of programmes, their plan and their budget."""

from django.urls import path

from paivand.programme.views import budgets, plan, programmes, removing, spending, workplan

app_name = "programme"
_P = "programmes/<str:programme_code>/"
_A = f"{_P}activities/<str:activity_code>/"
urlpatterns = [
    path("programmes/", programmes.programme_list, name="programme-list"),
    path("programmes/begin/", programmes.programme_begin, name="programme-begin"),
    path(_P, programmes.programme_open, name="programme-open"),
    path(f"{_P}edit/", programmes.programme_edit, name="programme-edit"),
    path(f"{_P}agencies/add/", programmes.participation_add, name="participation-add"),
    path(f"{_P}agencies/<uuid:organisation_id>/", programmes.agency_open, name="agency-open"),
    path(f"{_P}agencies/<uuid:organisation_id>/edit/", programmes.participation_edit, name="participation-edit"),
    path(f"{_P}agencies/<uuid:organisation_id>/end/", programmes.participation_end, name="participation-end"),
    path(f"{_P}outcomes/add/", plan.outcome_add, name="outcome-add"),
    path(f"{_P}outcomes/<str:outcome_code>/edit/", plan.outcome_edit, name="outcome-edit"),
    path(f"{_P}outcomes/<str:outcome_code>/delete/", removing.outcome_remove, name="outcome-remove"),
    path(f"{_P}outcomes/<str:outcome_code>/outputs/add/", plan.output_add, name="output-add"),
    path(f"{_P}outputs/<str:output_code>/edit/", plan.output_edit, name="output-edit"),
    path(f"{_P}outputs/<str:output_code>/delete/", removing.output_remove, name="output-remove"),
    path(f"{_P}outputs/<str:output_code>/activities/add/", plan.activity_add, name="activity-add"),
    path(_A, plan.activity_open, name="activity-open"),
    path(f"{_A}edit/", plan.activity_edit, name="activity-edit"),
    path(f"{_A}delete/", removing.activity_remove, name="activity-remove"),
    path(f"{_A}progress/", plan.progress_note, name="progress-note"),
    path(f"{_A}turn/<str:turn>/", plan.activity_turn, name="activity-turn"),
    path(f"{_A}milestones/add/", plan.milestone_add, name="milestone-add"),
    path(f"{_A}milestones/<uuid:milestone_id>/", plan.milestone_edit, name="milestone-edit"),
    path(f"{_A}milestones/<uuid:milestone_id>/drop/", plan.milestone_drop, name="milestone-drop"),
    path(f"{_P}workplan/", workplan.workplan, name="workplan"),
    path(f"{_P}workplan.svg", workplan.workplan_svg, name="workplan-svg"),
    path(f"{_P}workplan.png", workplan.workplan_png, name="workplan-png"),
    path(f"{_P}workplan.csv", workplan.workplan_csv, name="workplan-csv"),
    path(f"{_P}budget/", budgets.budget_open, name="budget-open"),
    path(f"{_P}budget.csv", budgets.budget_csv, name="budget-csv"),
    path(f"{_P}budget/begin/", budgets.budget_begin, name="budget-begin"),
    path(f"{_P}budget/draft/", budgets.budget_draft, name="budget-draft"),
    path(f"{_P}budget/draft/total/", budgets.budget_total, name="budget-total"),
    path(f"{_P}budget/draft/delete/", removing.draft_remove, name="draft-remove"),
    path(f"{_P}budget/draft/<uuid:organisation_id>/", budgets.share_edit, name="share-edit"),
    path(f"{_P}spending/", spending.spending_list, name="spending-list"),
    path(f"{_P}spending/add/", spending.spending_add, name="spending-add"),
    path(f"{_P}spending/<uuid:spending_id>/", spending.spending_open, name="spending-open"),
    path(f"{_P}spending/<uuid:spending_id>/back/", spending.spending_take_back, name="spending-take-back"),
    path(f"{_P}spending/<uuid:spending_id>/evidence/", spending.evidence_file, name="evidence-file"),
]
