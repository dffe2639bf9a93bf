from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "paivand.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang in what a withdrawn consent does to the stories of reports, and what results rest on a plan."""
        from paivand.evidence.actions.stories import count_stories, end_stories
        from paivand.evidence.queries.resting import results_on
        from paivand.programme.queries.resting import RESTING
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.PHOTOS_REMOVED] = FollowUp(count_stories, end_stories)
        RESTING.append(results_on)
