from django.apps import AppConfig


class OperateConfig(AppConfig):
    name = "paivand.operate"
    label = "operate"
