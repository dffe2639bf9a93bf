"""The HTTP server: one master process that forks workers, without the rights of the database's owner.

``become_server`` replaces the command's process, so that neither master nor workers have ever held the owner's address.
The lock of the embedded database is passed on; the master stops the database when it ends.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from paivand.core.rules.masking import Masked
from paivand.operate import embedded
from paivand.operate.background import Workers
from paivand.operate.postgres import OperatingError

_NOT_FOR_WORKERS = ("DATABASE_URL",)


def become_server() -> NoReturn:
    """Turn this process into the HTTP server. Open database connections are closed first."""
    close_connections()
    hold = os.environ.get("PAIVAND_HOLD")
    if hold:
        os.set_inheritable(int(hold), True)
    environ = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_WORKERS}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", __name__], {**environ, "PAIVAND_POOLED": "1"})  # noqa: S606


def close_connections() -> None:
    """Close every database connection and pool of this process: none may be shared with a child."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper) and connection.pool is not None:
            connection.close_pool()


def demand_free_port(address: str, port: int) -> None:
    """Raise an OperatingError when another program listens there."""
    if address.startswith("unix:"):
        return
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), port))
        except OSError as error:
            raise OperatingError(
                f"Paivand cannot listen on {address}:{port}: {error.strerror}. End the program that uses the port, "
                "or choose another with PAIVAND_PORT."
            ) from error


class Master(Arbiter):  # type: ignore[misc]
    """Gunicorn's master, which also keeps the workers in the background."""

    def __init__(self, server: Server) -> None:
        from django.conf import settings

        super().__init__(server)
        self.background = Workers(settings.WORKER_PROCESSES, self._leave)

    def manage_workers(self) -> None:
        super().manage_workers()
        if self.reexec_pid == 0:
            close_connections()
            self.background.keep()

    def stop(self, graceful: bool = True) -> None:
        self.background.ask_to_end()
        super().stop(graceful)
        self.background.see_them_end()

    def _leave(self) -> None:
        """In a worker in the background: let go of the port, so that it is free when the master is killed."""
        for listener in self.LISTENERS:
            listener.sock.close()


class MaskedLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logs, of accesses too if somebody switches them on, without the tokens that stand in addresses."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            form = handler.formatter
            handler.setFormatter(Masked(form._fmt if form else None, form.datefmt if form else None))


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn, set up from Paivand's settings."""

    def run(self) -> None:
        Master(self).run()

    def load_config(self) -> None:
        from django.conf import settings

        bind = settings.ADDRESS if settings.ADDRESS.startswith("unix:") else f"{settings.ADDRESS}:{settings.PORT}"
        chosen: dict[str, Any] = {
            "bind": bind,
            "workers": settings.WORKERS,
            "threads": settings.THREADS,
            "worker_class": "gthread",
            "limit_request_line": 0,  # the proxy limits it: a phone asks in one address after all that it made itself
            "preload_app": True,  # loaded once; the workers share its memory
            "timeout": 60,
            "graceful_timeout": 30,
            "keepalive": 5,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108
            "control_socket_disable": True,
            "loglevel": "error",
            "logger_class": MaskedLogger,
            "proc_name": "paivand",
            "pre_fork": lambda _server, _worker: close_connections(),
            "worker_exit": lambda _server, _worker: close_connections(),
            "when_ready": lambda _server: announce(),
        }
        for name, value in chosen.items():
            if value is not None:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application

        application = get_wsgi_application()
        gc.collect()
        gc.freeze()  # what is loaded by now is never collected, so the workers do not copy it
        return application


def announce() -> None:
    """Say where Paivand is found and, in the demo, who can sign in."""
    from django.conf import settings

    from paivand.operate.accounts import accounts_table

    host = "127.0.0.1" if settings.ADDRESS in {"0.0.0.0", "::", "[::]"} else settings.ADDRESS  # noqa: S104
    where = host if host.startswith("unix:") else f"http://{host}:{settings.PORT}/"
    lines = [f"Paivand is ready at {where}"]
    if settings.DEMO:
        # A closed terminal ends the demo; elsewhere this signal asks for fresh workers.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        lines += ["", accounts_table(), "", "Stop with Ctrl-C. Begin anew with: make demo RESET=1"]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until told to end, then give up the embedded database."""
    hold = os.environ.pop("PAIVAND_HOLD", "")
    master = os.getpid()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        Server().run()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        # A worker leaves through here as well; the database is the master's to stop.
        if hold and os.getpid() == master:
            embedded.release(Path(os.environ["PAIVAND_HOME"]), int(hold))


if __name__ == "__main__":
    main()
