"""Paths of results, dashboards, exports and reports."""

from django.urls import URLPattern

app_name = "evidence"
urlpatterns: list[URLPattern] = []
