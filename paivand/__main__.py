"""The `paivand` command. `paivand help` lists what it can do.

Before Django starts, it makes the surroundings ready: without ``DATABASE_URL`` it starts the embedded PostgreSQL, and
where no secret key is given it uses the one of the installation's folder.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from environs import EnvError

from paivand import __version__
from paivand.operate import embedded, postgres, roles, vault
from paivand.operate.weak_settings import setting_defects

WITHOUT_DATABASE = {"help", "messages"}
"""Commands that need no database."""


def installation_folder() -> Path:
    """``PAIVAND_HOME``, or ``var`` beside the program."""
    return Path(os.environ.get("PAIVAND_HOME") or Path(__file__).resolve().parent.parent / "var").resolve()


@contextlib.contextmanager
def surroundings(command: str, *, database: bool = True) -> Iterator[None]:
    """The environment in which ``command`` runs, with a database unless it needs none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paivand.settings")
    home = installation_folder()
    os.environ["PAIVAND_HOME"] = str(home)
    if command == "demo":
        os.environ["PAIVAND_DEMO"] = "1"
    if command == "serve" and database:
        _demand_strong_settings()
    if not os.environ.get("PAIVAND_SECRET_KEY"):
        os.environ["PAIVAND_KEY_IS_LENT"] = "1"  # `paivand check` has to know that none was given
        os.environ["PAIVAND_SECRET_KEY"] = embedded.secret_key(home) if database else "no secret is needed for this"
    if database:
        vault.lend_keys(home, os.environ)
    key = os.environ["PAIVAND_SECRET_KEY"]
    with contextlib.ExitStack() as stack:
        if not (os.environ.get("DATABASE_URL") or os.environ.get("PAIVAND_APP_DATABASE_URL")):
            if database:
                # The embedded server's passwords hang on its own key, whatever key the web program is given.
                key = embedded.secret_key(home)
                server = stack.enter_context(embedded.running(home, key))
                os.environ |= {"DATABASE_URL": server.owner_url, "PAIVAND_HOLD": str(server.hold)}
            else:
                os.environ["DATABASE_URL"] = "postgresql://nobody@localhost/none"
        if os.environ.get("DATABASE_URL") and not os.environ.get("PAIVAND_APP_DATABASE_URL"):
            os.environ["PAIVAND_APP_DATABASE_URL"] = roles.application_url(os.environ["DATABASE_URL"], key)
        yield


def _demand_strong_settings() -> None:
    defects = setting_defects(os.environ)
    if defects:
        lines = "\n".join(f"  - {defect}" for defect in defects)
        raise postgres.OperatingError(f"Paivand does not start with these settings:\n{lines}")


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    """Run one command. A reason not to is told in a sentence, with exit code 2."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in {"version", "--version"}:
        print(f"Paivand {__version__} (Python {platform.python_version()}, PostgreSQL {postgres.MAJOR} embedded)")
        return
    asks_for_help = command in {"--help", "-h"} or bool({"--help", "-h"} & set(sys.argv[2:]))
    # The end of the embedded server hangs on leaving the block below, so an ending must be an exception.
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    try:
        with surroundings(command, database=command not in WITHOUT_DATABASE and not asks_for_help):
            from django.core.management import execute_from_command_line

            execute_from_command_line(["paivand", *sys.argv[1:]])
    except postgres.OperatingError as error:
        sys.exit(_said(str(error)))
    except EnvError as error:
        sys.exit(_said(f"A setting is wrong: {error}. The settings are listed in docs/reference/settings.md."))
    except KeyboardInterrupt:
        sys.exit(130)


def _said(sentence: str) -> int:
    print(f"paivand: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
