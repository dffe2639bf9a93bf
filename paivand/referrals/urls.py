"""Paths of the directory of services and of referrals."""

from django.urls import URLPattern, path

from paivand.referrals.views import directory as entries
from paivand.referrals.views import directory_edit as edit
from paivand.referrals.views import directory_poster as posters
from paivand.referrals.views import directory_reports as reports

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
]

# --- referrals
referrals: list[URLPattern] = []

urlpatterns = [*directory, *referrals]
