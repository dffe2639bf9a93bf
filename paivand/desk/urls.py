"""Paths of the desk."""

from django.urls import path

from paivand.desk.views import health, pages

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", pages.search_page, name="search"),
    path("components/", pages.components, name="components"),
    path("healthz", health.healthz, name="healthz"),
]
