from django.apps import AppConfig


class CollectConfig(AppConfig):
    """What comes in from outside: lists in spreadsheets."""

    name = "paivand.collect"
