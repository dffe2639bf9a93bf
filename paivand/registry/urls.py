"""Paths of the registry."""

from django.urls import path

from paivand.registry.views import families, registration

app_name = "registry"
urlpatterns = [
    path("families/", families.family_list, name="family-list"),
    path("families/register/", registration.family_register, name="family-register"),
    path("families/<str:code>/", families.family_open, name="family-open"),
    path("families/<str:code>/edit/", families.family_edit, name="family-edit"),
    path("families/<str:code>/members/add/", families.member_add, name="member-add"),
    path("families/<str:code>/members/<uuid:member_id>/edit/", families.member_edit, name="member-edit"),
    path("families/<str:code>/members/<uuid:member_id>/leave/", families.member_leave, name="member-leave"),
]
