"""``paivand programme load``: write a programme from the file that declares it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.parts import DeclarationError
from paivand.operate.postgres import OperatingError
from paivand.programme.actions.founding import JOINT_PROGRAMME, add_missing_agencies, found_programme
from paivand.programme.rules.declaration import ProgrammeDeclaration, read


class Command(BaseCommand):
    """Reads the whole file before it writes anything; writes all of it or nothing."""

    help = "Writes a programme with partners, plan and budget from a YAML file such as parameters/joint_programme.yaml."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("load",), help="what to do")
        parser.add_argument("file", nargs="?", type=Path, default=JOINT_PROGRAMME, help="the file that declares it")
        parser.add_argument("--as", dest="username", required=True, help="the programme manager who writes it")
        parser.add_argument(
            "--agencies-as", dest="administrator", help="the administrator who adds the organisations that are missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            declaration = _declared(options["file"])
            manager = _user(options["username"])
            try:
                if options["administrator"]:
                    administrator = _user(options["administrator"])
                    with acting_as(administrator):
                        added = add_missing_agencies(declaration=declaration, by=administrator)
                    for agency in added:
                        self.stdout.write(f"Added {agency.name}.")
                with acting_as(manager):
                    programme = found_programme(declaration=declaration, by=manager)
            except Refused as refused:
                raise OperatingError(refused.message) from refused
            except WithoutRightError as error:
                raise OperatingError(f"This user may not do that: {error}.") from error
        self.stdout.write(f"{programme.code}: {programme.titles['en']} is written down.")


def _declared(file: Path) -> ProgrammeDeclaration:
    try:
        return read(file.name, file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperatingError(f"{file} cannot be read: {error.strerror}.") from error
    except (DeclarationError, UnicodeDecodeError) as error:
        raise OperatingError(str(error)) from error


def _user(username: str) -> User:
    with for_purpose("sign-in"):
        user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise OperatingError(f"There is no active user {username}.")
    return user
