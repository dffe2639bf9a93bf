from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paivand.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from paivand.cases.models.handover import declare

        declare()
