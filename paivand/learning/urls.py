"""Paths of courses, groups, field schools and certificates.

Whatever lies within a group takes ``group_code``; a session is named by ``session_n``, a learner by ``enrolment_id``.
"""

from django.urls import URLPattern, path

from paivand.learning.views import (
    enrolments,
    families,
    follow_ups,
    groups,
    households,
    sessions,
)

app_name = "learning"

_GROUP = "groups/<str:group_code>/"

_groups: list[URLPattern] = [
    path("teaching/groups/", groups.group_list, name="group-list"),
    path(_GROUP, groups.group_open, name="group-open"),
    path(f"{_GROUP}sessions/new/", sessions.session_add, name="session-add"),
    path(f"{_GROUP}sessions/<int:session_n>/", sessions.session_open, name="session-open"),
    path(f"{_GROUP}sessions/<int:session_n>/attendance/", sessions.session_take, name="session-take"),
    path(f"{_GROUP}sessions/<int:session_n>/correct/", sessions.session_correct, name="session-correct"),
    path(f"{_GROUP}sessions/<int:session_n>/move/", sessions.session_move, name="session-move"),
    path(f"{_GROUP}sessions/<int:session_n>/cancel/", sessions.session_cancel, name="session-cancel"),
]

_in_a_familys_file: list[URLPattern] = [
    path("families/<str:code>/courses/", families.family_courses, name="family-courses"),
    path("families/<str:code>/courses/find/", families.family_groups, name="family-groups"),
    path("families/<str:code>/courses/<str:group_code>/", families.put_forward, name="put-forward"),
]

_learners: list[URLPattern] = [
    path("learning/learners/<uuid:enrolment_id>/", enrolments.enrolment_open, name="enrolment-open"),
    path("learning/learners/<uuid:enrolment_id>/leave/", enrolments.enrolment_leave, name="enrolment-leave"),
    path("learning/questions/", follow_ups.follow_up_list, name="follow-up-list"),
    path("learning/questions/<uuid:follow_up_id>/", follow_ups.follow_up_answer, name="follow-up-answer"),
    path(f"{_GROUP}afterwards/", follow_ups.group_afterwards, name="group-afterwards"),
]

_households: list[URLPattern] = [
    path(f"{_GROUP}households/", households.group_households, name="group-households"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/", households.household_open, name="household-open"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/edit/", households.household_edit, name="household-edit"),
    path(f"{_GROUP}households/<uuid:enrolment_id>/paper/", households.household_print, name="household-print"),
    path("families/<str:code>/people/<uuid:member_id>/household/", households.home_open, name="home-open"),
    path("families/<str:code>/people/<uuid:member_id>/household/edit/", households.home_edit, name="home-edit"),
    path("families/<str:code>/people/<uuid:member_id>/household/paper/", households.home_print, name="home-print"),
]

urlpatterns: list[URLPattern] = [
    *_households,
    *_groups,
    *_in_a_familys_file,
    *_learners,
]
