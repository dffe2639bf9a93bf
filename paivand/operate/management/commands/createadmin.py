"""``paivand createadmin``: the first administrator of an empty installation."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from paivand.access.actions.users import create_first_administrator
from paivand.access.models import User
from paivand.core.rules.errors import Refused


class Command(BaseCommand):
    """Asks for what it was not given; the password is asked twice, or read from the first line of the input."""

    help = "Creates the first administrator. Later users are created on the users page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="small Latin letters, digits, dots or dashes")
        parser.add_argument("--full-name", help="as colleagues know her or him")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            username = options["username"] or input("User name: ").strip()
            full_name = options["full_name"] or input("Full name: ").strip()
            draft = User(username=username, full_name=full_name)
            try:
                draft.clean_fields(exclude=["password", "sort_key", "agency", "team"])
                password = _password()
                validate_password(password, draft)
                create_first_administrator(username=username, full_name=full_name, password=password)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            except Refused as error:
                raise CommandError(error.message) from error
        self.stdout.write(f"{full_name} may now sign in as {username} and create the other users.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password, at least 12 characters: ")
    if getpass.getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Start again.")
    return password
