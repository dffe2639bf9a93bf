"""Paths of the sealed room. A file stands under its key: no code of anybody is kept in the history of a browser."""

from django.urls import path

from paivand.protection.views import consents, door, figures, help, incidents, referrals, room, survivors  # noqa: A004

app_name = "protection"
_FILE = "sealed/<uuid:survivor_id>/"

urlpatterns = [
    path("sealed/", room.room_open, name="room-open"),
    path("sealed/find/", room.survivor_search, name="survivor-search"),
    path("sealed/unlock/", door.room_unlock, name="room-unlock"),
    path("sealed/stay/", door.room_stay, name="room-stay"),
    path("sealed/leave/", door.room_leave, name="room-leave"),
    path("sealed/new/", survivors.survivor_add, name="survivor-add"),
    path("sealed/figures/", figures.figure_list, name="figure-list"),
    path("sealed/table/", figures.incident_export, name="incident-export"),
    path("sealed/questions/", figures.feedback_give, name="feedback-give"),
    path("sealed/answers/", figures.feedback_list, name="feedback-list"),
    path("sealed/news/<uuid:sealed_notice_id>/", referrals.notice_see, name="notice-see"),
    path(_FILE, survivors.survivor_open, name="survivor-open"),
    path(f"{_FILE}edit/", survivors.survivor_edit, name="survivor-edit"),
    path(f"{_FILE}link/", survivors.survivor_link, name="survivor-link"),
    path(f"{_FILE}close/", survivors.survivor_close, name="survivor-close"),
    path(f"{_FILE}reopen/", survivors.survivor_reopen, name="survivor-reopen"),
    path(f"{_FILE}consents/new/", consents.consent_give, name="consent-give"),
    path(f"{_FILE}consents/<uuid:sealed_consent_id>/withdraw/", consents.consent_withdraw, name="consent-withdraw"),
    path(f"{_FILE}incidents/new/", incidents.incident_add, name="incident-add"),
    path(f"{_FILE}incidents/<uuid:incident_id>/", incidents.incident_edit, name="incident-edit"),
    path(f"{_FILE}needs/", help.needs_assess, name="needs-assess"),
    path(f"{_FILE}plan/", help.plan_write, name="plan-write"),
    path(f"{_FILE}actions/new/", help.action_plan, name="action-plan"),
    path(f"{_FILE}actions/<uuid:planned_id>/", help.action_end, name="action-end"),
    path(f"{_FILE}referrals/new/", referrals.referral_send, name="referral-send"),
    path(f"{_FILE}referrals/<uuid:sealed_referral_id>/", referrals.referral_open, name="referral-open"),
    path(f"{_FILE}contacts/new/", help.follow_up_add, name="follow-up-add"),
]
