from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paivand.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang this room into those below.

        What a withdrawn consent means here, what a referral grows out of, and how the wall hands a case over.
        """
        from paivand.cases.actions.withdrawals import count_cases, tell_cases
        from paivand.cases.models.handover import declare
        from paivand.cases.queries.origins import case_origin
        from paivand.referrals.queries.origins import ORIGINS
        from paivand.referrals.rules.referrals import OriginKind
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.CASES_TOLD] = FollowUp(count_cases, tell_cases)
        ORIGINS[OriginKind.CASE] = case_origin
        declare()
