"""``paivand device USER``: access for a device of a user, as the address that a client is given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions.devices import issue_device
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.operate.postgres import OperatingError


class Command(BaseCommand):
    """Gives a device access in the user's own name, and prints its server address: the only time that it is seen."""

    help = "Gives a device of a user access, and prints the server address for ODK Collect or another client."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whose device it is; somebody who fills in forms")
        parser.add_argument("--label", default="paivand device", help="what the device is called")
        parser.add_argument("--days", type=int, help="for how many days; as long as the role lasts unless told")
        parser.add_argument("--address", default="", help="the address of this installation, if it is not set")

    def handle(self, *args: Any, **options: Any) -> None:
        base = options["address"] or settings.PUBLIC_ADDRESS or f"http://127.0.0.1:{settings.PORT}"
        with for_purpose("sign-in"):
            user = User.objects.select_related("team").filter(username=options["username"], is_active=True).first()
        if user is None:
            raise OperatingError(f"There is no active user {options['username']}.")
        until = timezone.localdate() + timedelta(days=options["days"]) if options["days"] is not None else None
        with acting_as(user):
            try:
                _device, token = issue_device(
                    user=user, kind=DeviceKind.COLLECT, label=options["label"], expires_on=until, by=user
                )
            except Refused as refused:
                raise OperatingError(str(refused.message)) from None
            except WithoutRightError:
                raise OperatingError(f"{user.username} has no role with which she fills in forms.") from None
        path = reverse("collect:door-form-list", kwargs={"device_token": token}).removesuffix("/formList")
        self.stdout.write(f"{base.rstrip('/')}{path}")
