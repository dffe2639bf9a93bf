"""Paths of campaigns, broadcasts and sessions."""

from django.urls import URLPattern

app_name = "outreach"
urlpatterns: list[URLPattern] = []
