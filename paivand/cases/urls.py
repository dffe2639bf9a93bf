"""Paths of cases. Each part of the room has its own lines."""

from django.urls import URLPattern

app_name = "cases"
urlpatterns: list[URLPattern] = [
    # --- cases, plans, closure
    # --- records in a case: notes, visits, conferences, documents, legal matters, sessions, schooling
    # --- assignment, supervision, desk
    # --- selection
]
