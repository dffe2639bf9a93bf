"""Paths of the registry."""

from django.urls import path

from paivand.registry.views import (
    consents,
    exports,
    families,
    journey,
    lists,
    migration,
    particulars,
    people,
    places,
    registration,
    remittances,
)

app_name = "registry"
urlpatterns = [
    path("families/", lists.family_list, name="family-list"),
    path("families/export/", exports.family_export, name="family-export"),
    path("families/views/save/", lists.view_save, name="view-save"),
    path("families/views/<uuid:view_id>/rename/", lists.view_rename, name="view-rename"),
    path("families/views/<uuid:view_id>/delete/", lists.view_delete, name="view-delete"),
    path("families/views/<uuid:view_id>/first/", lists.view_first, name="view-first"),
    path("families/register/", registration.family_register, name="family-register"),
    path("families/<str:code>/", families.family_open, name="family-open"),
    path("families/<str:code>/edit/", families.family_edit, name="family-edit"),
    path("families/<str:code>/head/", people.head_set, name="head-set"),
    path("families/<str:code>/state/", people.state_change, name="state-change"),
    path("families/<str:code>/consents/record/", consents.consent_record, name="consent-record"),
    path("families/<str:code>/consents/withdrawn/", consents.consent_withdrawn, name="consent-withdrawn"),
    path(
        "families/<str:code>/consents/<uuid:consent_id>/withdraw/", consents.consent_withdraw, name="consent-withdraw"
    ),
    path("families/<str:code>/help/", journey.step_record, name="step-record"),
    path("families/<str:code>/help/<uuid:step_id>/reverse/", journey.step_reverse, name="step-reverse"),
    path("families/<str:code>/departure/", migration.departure_record, name="departure-record"),
    path("families/<str:code>/stays/<uuid:stay_id>/", migration.stay_edit, name="stay-edit"),
    path("families/<str:code>/stays/<uuid:stay_id>/return/", migration.stay_return, name="stay-return"),
    path("families/<str:code>/stays/<uuid:stay_id>/remove/", migration.stay_remove, name="stay-remove"),
    path("families/<str:code>/status/", migration.absence_record, name="absence-record"),
    path("families/<str:code>/status/<uuid:absence_id>/", migration.absence_edit, name="absence-edit"),
    path("families/<str:code>/bans/<uuid:ban_id>/", migration.ban_edit, name="ban-edit"),
    path("families/<str:code>/bans/<uuid:ban_id>/lift/", migration.ban_lift, name="ban-lift"),
    path("families/<str:code>/remittances/", remittances.remittance_grid, name="remittance-grid"),
    path("families/<str:code>/members/add/", families.member_add, name="member-add"),
    path("families/<str:code>/members/<uuid:member_id>/", people.person_open, name="person-open"),
    path(
        "families/<str:code>/members/<uuid:member_id>/particulars/",
        particulars.particulars_edit,
        name="particulars-edit",
    ),
    path("families/<str:code>/members/<uuid:member_id>/papers/add/", particulars.document_add, name="document-add"),
    path(
        "families/<str:code>/members/<uuid:member_id>/papers/<uuid:document_id>/",
        particulars.document_edit,
        name="document-edit",
    ),
    path(
        "families/<str:code>/members/<uuid:member_id>/papers/<uuid:document_id>/remove/",
        particulars.document_remove,
        name="document-remove",
    ),
    path("families/<str:code>/members/<uuid:member_id>/phones/add/", particulars.phone_add, name="phone-add"),
    path(
        "families/<str:code>/members/<uuid:member_id>/phones/<uuid:phone_id>/",
        particulars.phone_edit,
        name="phone-edit",
    ),
    path(
        "families/<str:code>/members/<uuid:member_id>/phones/<uuid:phone_id>/end/",
        particulars.phone_end,
        name="phone-end",
    ),
    path("families/<str:code>/members/<uuid:member_id>/bans/add/", migration.ban_record, name="ban-record"),
    path("families/<str:code>/members/<uuid:member_id>/edit/", families.member_edit, name="member-edit"),
    path("families/<str:code>/members/<uuid:member_id>/leave/", families.member_leave, name="member-leave"),
    path("places/", places.place_list, name="place-list"),
    path("places/<str:place_code>/", places.place_open, name="place-open"),
    path("places/<str:place_code>/villages/", places.village_list, name="village-list"),
    path("places/<str:place_code>/villages/add/", places.village_add, name="village-add"),
    path("places/<str:village_code>/edit/", places.village_edit, name="village-edit"),
]
