from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "paivand.outreach"
    label = "outreach"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang in what a withdrawn consent does to lists of those who came, and what reach rests on a plan."""
        from paivand.outreach.actions.withdrawals import count_lines, erase_lines
        from paivand.outreach.queries.resting import reach_on
        from paivand.programme.queries.resting import RESTING
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.LISTS_ERASED] = FollowUp(count_lines, erase_lines)
        RESTING.append(reach_on)
