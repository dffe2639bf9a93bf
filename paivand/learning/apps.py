from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class LearningConfig(AppConfig):
    name = "paivand.learning"
    label = "learning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hang in what a withdrawn consent does to places in courses, and what a certificate does to completion.

        The site's own courses are taken in too: a wrong declaration stops the program here, before anybody works.
        """
        from paivand.learning.actions.certificates import demand_no_certificate
        from paivand.learning.actions.completion import BEFORE_TAKING_BACK
        from paivand.learning.actions.withdrawals import count_places, end_places
        from paivand.learning.rules.courses import add_folder
        from paivand.registry.queries.consents import FOLLOW_UPS, FollowUp
        from paivand.registry.rules.consents import Consequence

        FOLLOW_UPS[Consequence.PLACES_END] = FollowUp(count_places, end_places)
        BEFORE_TAKING_BACK.append(demand_no_certificate)
        if settings.COURSES:
            folder = Path(settings.COURSES)
            if not folder.is_dir():
                raise ImproperlyConfigured(f"PAIVAND_COURSES: there is no folder {folder}. Make it, or unset it.")
            add_folder(folder)
