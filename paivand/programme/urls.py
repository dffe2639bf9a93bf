"""Paths of programmes, their plan and their budget."""

from django.urls import URLPattern

app_name = "programme"
urlpatterns: list[URLPattern] = []
