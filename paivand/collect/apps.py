from django.apps import AppConfig


class CollectConfig(AppConfig):
    """What comes in from outside: lists in spreadsheets, and forms that were filled in in the field."""

    name = "paivand.collect"

    def ready(self) -> None:
        """Hang in what a withdrawn consent does to forms from the field."""
        from paivand.collect.actions.erasing import count_forms, erase_forms
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.FORMS_ERASED] = FollowUp(count_forms, erase_forms)
