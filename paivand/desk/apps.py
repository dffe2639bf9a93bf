from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "paivand.desk"
    label = "desk"
