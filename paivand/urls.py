"""Routing: every app under its own word."""

from django.urls import include, path

from paivand.collect.urls import account_patterns

urlpatterns = [
    path("", include("paivand.desk.urls")),
    path("", include("paivand.evidence.urls")),
    path("", include("paivand.collect.urls")),
    path("", include("paivand.cases.urls")),
    path("", include("paivand.protection.urls")),
    path("", include("paivand.learning.urls")),
    path("", include("paivand.outreach.urls")),
    path("", include("paivand.referrals.urls")),
    path("", include("paivand.instruments.urls")),
    path("", include("paivand.registry.urls")),
    path("", include("paivand.programme.urls")),
    path("", include("paivand.access.urls")),
    path("", include(account_patterns)),
]

handler400 = "paivand.desk.views.errors.bad_request"
handler403 = "paivand.desk.views.errors.without_right"
handler404 = "paivand.desk.views.errors.not_found"
handler500 = "paivand.desk.views.errors.broken"
