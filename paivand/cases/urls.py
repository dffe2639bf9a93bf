"""Paths of cases. Each part of the room has its own lines."""

from django.urls import URLPattern, path

from paivand.cases.views import acts, board, cases, oversight, reviews, supervision

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
    path("board/", board.board_page, name="board"),
    path("due/", board.due_list, name="due-list"),
    path("notices/seen/", oversight.notices_see, name="notices-see"),
    path("notices/<uuid:notice_id>/", oversight.notice_open, name="notice-open"),
    path("assign/", oversight.assign_many, name="assign-many"),
    path("cases/<str:case_code>/assign/", oversight.case_assign, name="case-assign"),
    path("cases/<str:case_code>/transfer/", oversight.transfer_ask, name="transfer-ask"),
    path("transfers/<uuid:transfer_id>/", oversight.transfer_open, name="transfer-open"),
    path("transfers/<uuid:transfer_id>/answer/", oversight.transfer_answer, name="transfer-answer"),
    path("transfers/<uuid:transfer_id>/withdraw/", oversight.transfer_withdraw, name="transfer-withdraw"),
    path("supervision/", supervision.session_list, name="supervision-list"),
    path("supervision/new/", supervision.session_add, name="supervision-add"),
    path("supervision/<uuid:supervision_id>/", supervision.session_open, name="supervision-open"),
    path("supervision/<uuid:supervision_id>/edit/", supervision.session_edit, name="supervision-edit"),
    path("file-reviews/", reviews.review_list, name="file-review-list"),
    path("file-reviews/new/", reviews.review_draw, name="file-review-draw"),
    path("file-reviews/<uuid:review_id>/", reviews.review_open, name="file-review-open"),
    path("file-reviews/<uuid:review_id>/finish/", reviews.review_finish, name="file-review-finish"),
    path("file-reviews/files/<uuid:reviewed_id>/", reviews.file_look, name="reviewed-file"),
    path("corrections/<uuid:correction_id>/", reviews.correction_done, name="correction-done"),
    # --- selection
]
