from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "paivand.referrals"
    label = "referrals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang what a withdrawn consent does to referrals into the registry, which asks for it by its own word."""
        from paivand.referrals.actions.consents import REFERRALS_STOPPED
        from paivand.registry.queries.consents import FOLLOW_UPS
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.REFERRALS_STOPPED] = REFERRALS_STOPPED
