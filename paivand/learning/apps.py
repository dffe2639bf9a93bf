from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "paivand.learning"
    label = "learning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang in what a withdrawn consent does to places in courses, and what a certificate does to completion."""
        from paivand.learning.actions.certificates import demand_no_certificate
        from paivand.learning.actions.completion import BEFORE_TAKING_BACK
        from paivand.learning.actions.withdrawals import count_places, end_places
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.PLACES_END] = FollowUp(count_places, end_places)
        BEFORE_TAKING_BACK.append(demand_no_certificate)
