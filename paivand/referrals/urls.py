"""Paths of the directory of services and of referrals."""

from django.urls import URLPattern

app_name = "referrals"

# --- the directory of services
directory: list[URLPattern] = []

# --- referrals
referrals: list[URLPattern] = []

urlpatterns = [*directory, *referrals]
