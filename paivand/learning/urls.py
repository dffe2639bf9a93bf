"""Paths of courses, groups, field schools and certificates.

Whatever lies within a group takes ``group_code``; a session is named by ``session_n``, a learner by ``enrolment_id``.
"""

from django.urls import URLPattern, path

from paivand.learning.views import groups

app_name = "learning"

_GROUP = "groups/<str:group_code>/"

_groups: list[URLPattern] = [
    path("teaching/groups/", groups.group_list, name="group-list"),
    path(_GROUP, groups.group_open, name="group-open"),
]

urlpatterns: list[URLPattern] = [
    *_groups,
]
