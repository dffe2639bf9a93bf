"""The worker: a process that takes jobs out of the queue. It has the application's rights only, like the web server.

Beside the web server it is forked from its master, which has loaded the program already, so that most of its memory is
shared. The master begins it anew when it ends, and ends it before itself. A worker whose master was killed ends by
itself; the job it was at is taken up by the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable

logger = logging.getLogger("paivand.worker")

QUEUES = (("lists",), ("upkeep",), ("field",))
"""One job of each at a time: neither forms from the field nor what is to be erased by the hour waits until a long list
is taken in or a long file is made."""
CONNECTIONS = 9
"""The most connections of one worker: for the queue, for its news, and for the work."""
GRACE_SECONDS = 30
"""How long a worker that is asked to end may go on with the step it is at."""
_REST_SECONDS = 5
"""How long the master waits before it begins a worker anew."""


def run_worker(*, wait: bool = True, master: int | None = None) -> None:
    """Do jobs until told to end (SIGTERM, SIGINT), or, without ``wait``, until none is left.

    Args:
        master: end when this process is not the parent any more.
    """
    from django.db import connections

    from paivand.collect.actions.work import wake_silent_lists

    wake_silent_lists()  # what a killed worker left behind is not kept waiting for the clock
    connections.close_all()
    asyncio.run(_worked(wait=wait, master=master))


async def _worked(*, wait: bool, master: int | None) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    from paivand.collect.tasks import end_soon

    connector = PsycopgConnector(kwargs=connector_params("default"), min_size=1, max_size=3)
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            work = asyncio.gather(
                *(
                    worker_app.run_worker_async(
                        queues=list(queues), wait=wait, concurrency=1, install_signal_handlers=False,
                        delete_jobs="successful", shutdown_graceful_timeout=GRACE_SECONDS,
                    )
                    for queues in QUEUES
                )
            )  # fmt: skip

            def end() -> None:
                end_soon()
                work.cancel()

            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, end)
            watch = asyncio.create_task(_watch(master, end)) if master else None
            with contextlib.suppress(asyncio.CancelledError):
                await work
            if watch:
                watch.cancel()


async def _watch(master: int, end: Callable[[], None]) -> None:
    while os.getppid() == master:
        await asyncio.sleep(1)
    end()


class Workers:
    """The worker processes beside a web server, as its master keeps them."""

    def __init__(self, wanted: int, leave: Callable[[], None]) -> None:
        self.wanted, self._leave = wanted, leave
        self._running: dict[int, float] = {}
        self._ending: list[int] = []

    def keep(self) -> None:
        """Begin the workers that are missing. Called again and again; one that ended is begun anew after a rest."""
        for pid in [pid for pid in self._running if _has_ended(pid)]:
            begun = self._running.pop(pid)
            self._running[-pid] = max(begun, time.monotonic() - _REST_SECONDS)
        now = time.monotonic()
        for pid in [pid for pid, begun in self._running.items() if pid < 0 and now - begun >= _REST_SECONDS]:
            del self._running[pid]
        while len(self._running) < self.wanted:
            self._running[_forked(self._leave)] = now

    def ask_to_end(self) -> None:
        """Ask all workers to end after the step they are at."""
        self._ending = [pid for pid in self._running if pid > 0]
        self.wanted = 0
        self._running.clear()
        for pid in self._ending:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def see_them_end(self) -> None:
        """Wait for the workers that were asked to end; kill those that do not."""
        until = time.monotonic() + GRACE_SECONDS
        while self._ending and time.monotonic() < until:
            self._ending = [pid for pid in self._ending if not _has_ended(pid)]
            time.sleep(0.05)
        for pid in self._ending:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _forked(leave: Callable[[], None]) -> int:
    """Fork a worker. Connections were closed before, so none is shared; ``leave`` gives up what is the master's."""
    master = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD, signal.SIGWINCH,
                       signal.SIGUSR1, signal.SIGUSR2, signal.SIGTTIN, signal.SIGTTOU):  # fmt: skip
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it asks the web server for fresh workers
        leave()
        run_worker(master=master)
        code = 0
    except BaseException:
        logger.exception("The worker broke.")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _has_ended(pid: int) -> bool:
    """Whether a child is gone; the web server may have noticed first."""
    try:
        return os.waitpid(pid, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        return True
