"""Paths of courses, groups, field schools and certificates."""

from django.urls import URLPattern

app_name = "learning"
urlpatterns: list[URLPattern] = []
