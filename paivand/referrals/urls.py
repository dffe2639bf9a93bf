"""Paths of the directory of services and of referrals."""

from django.urls import URLPattern, path

from paivand.referrals.views import answering, choosing, drafting, feedback, links, loop, outside
from paivand.referrals.views import directory as entries
from paivand.referrals.views import directory_edit as edit
from paivand.referrals.views import directory_poster as posters
from paivand.referrals.views import directory_reports as reports
from paivand.referrals.views import referrals as pages

app_name = "referrals"

# --- the directory of services
directory: list[URLPattern] = [
    path("directory/", entries.service_list, name="service-list"),
    path("directory/add/", edit.service_add, name="service-add"),
    path("directory/check/", edit.service_worklist, name="service-worklist"),
    path("directory/reports/", reports.report_list, name="service-report-list"),
    path("directory/reports/<uuid:report_id>/", reports.report_answer, name="service-report-answer"),
    path("directory/reports/<uuid:report_id>/seen/", reports.report_seen, name="service-report-seen"),
    path("directory/poster/", posters.poster_choose, name="poster-choose"),
    path("directory/poster/<str:district_code>/<str:language>.pdf", posters.poster, name="poster"),
    path("directory/<uuid:service_id>/", entries.service_open, name="service-open"),
    path("directory/<uuid:service_id>/edit/", edit.service_edit, name="service-edit"),
    path("directory/<uuid:service_id>/verify/", edit.service_verify, name="service-verify"),
    path("directory/<uuid:service_id>/pause/", edit.service_state, {"act": "pause"}, name="service-pause"),
    path("directory/<uuid:service_id>/close/", edit.service_state, {"act": "close"}, name="service-close"),
    path("directory/<uuid:service_id>/reopen/", edit.service_state, {"act": "reopen"}, name="service-reopen"),
    path("directory/<uuid:service_id>/report/", reports.service_report, name="service-report"),
    path("directory/<uuid:service_id>/refer/", choosing.service_refer, name="service-refer"),
]

# --- referrals
_ONE, _DRAFT, _OUTSIDE = (f"referrals/<str:{name}_code>/" for name in ("referral", "draft", "outside"))
referrals: list[URLPattern] = [
    path("families/<str:code>/referrals/", pages.family_referrals, name="family-referrals"),
    path("families/<str:code>/referrals/new/", drafting.referral_draft, name="referral-draft"),
    path("referrals/", pages.referral_list, name="referral-list"),
    path("referrals/answered/", loop.loop_list, name="loop-list"),
    path("referrals/news/<uuid:news_id>/seen/", pages.notice_seen, name="notice-seen"),
    path(_ONE, pages.referral_open, name="referral-open"),
    path(f"{_ONE}withdraw/", pages.referral_withdraw, name="referral-withdraw"),
    path(f"{_ONE}hear/", feedback.referral_hear, name="referral-hear"),
    path(f"{_ONE}note/", pages.note_send, name="note-send"),
    path(f"{_ONE}answer/", answering.referral_answer, name="referral-answer"),
    path(f"{_ONE}answer/note/", answering.note_answer, name="note-answer"),
    # A draft: looked through, put on a ground, and sent.
    path(f"{_DRAFT}prepare/", drafting.referral_prepare, name="referral-prepare"),
    path(f"{_DRAFT}consent/", drafting.referral_consent, name="referral-consent"),
    path(f"{_DRAFT}override/", drafting.referral_override, name="referral-override"),
    # One that reaches its receiver outside the program.
    path(f"{_OUTSIDE}told/", pages.answer_told, name="answer-told"),
    path(f"{_OUTSIDE}link/", outside.link_issue, name="link-issue"),
    path(f"{_OUTSIDE}link/revoke/", outside.link_revoke, name="link-revoke"),
    path(f"{_OUTSIDE}pdf/", outside.pdf_issue, name="pdf-issue"),
    path(f"{_OUTSIDE}pdf/<uuid:disclosure_id>/", outside.pdf_download, name="pdf-download"),
    # Open to whoever holds the link: see views/links.py.
    path("r/<str:token>/", links.answer_open, name="answer-open"),
    path("r/<str:token>/answer/", links.answer_give, name="answer-give"),
    path("r/<str:token>/note/", links.answer_note, name="answer-note"),
]

urlpatterns = [*directory, *referrals]
