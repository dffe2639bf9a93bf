from django.apps import AppConfig


class ProtectionConfig(AppConfig):
    name = "paivand.protection"
    label = "protection"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang the counting of completed referrals into the room of referrals, which tells when news is seen here."""
        from paivand.protection.actions.referrals import count_help
        from paivand.referrals.actions.notices import SEALED_NEWS

        if count_help not in SEALED_NEWS:
            SEALED_NEWS.append(count_help)
