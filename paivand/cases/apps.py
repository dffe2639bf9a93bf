from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paivand.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the registry what follows here from a withdrawn consent, and the wall how a case is handed over."""
        from paivand.cases.actions.withdrawals import count_cases, tell_cases
        from paivand.cases.models.handover import declare
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.CASES_TOLD] = FollowUp(count_cases, tell_cases)
        declare()
