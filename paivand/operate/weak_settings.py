"""What is missing or weak in the environment of a real installation, before anything is started with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

SHORTEST_KEY = 50
FEWEST_CHARACTERS = 16
_TRUE = {"1", "true", "t", "yes", "y", "on"}
_NUMBERS = {
    # name: (default, least, most)
    "PAIVAND_PORT": (8000, 1, 65_535),
    "PAIVAND_WORKERS": (2, 1, 64),
    "PAIVAND_THREADS": (4, 1, 64),
    "PAIVAND_POOL": (8, 1, 200),
    "PAIVAND_IDLE_MINUTES": (30, 1, 480),
}


def setting_defects(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that is missing or too weak for real use; empty when all is well.

    >>> setting_defects({"PAIVAND_HOSTS": "*", "PAIVAND_SECRET_KEY": "".join(map(chr, range(40, 110)))})
    ["PAIVAND_HOSTS is '*', which lets anyone forge links. Name the hosts, separated by commas."]
    """
    return [*_key(environ), *_hosts(environ), *_transport(environ), *_numbers(environ), *_databases(environ)]


def _on(environ: Mapping[str, str], name: str, default: str = "") -> bool:
    return environ.get(name, default).strip().lower() in _TRUE


def _key(environ: Mapping[str, str]) -> Iterator[str]:
    make = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
    key = environ.get("PAIVAND_SECRET_KEY", "")
    if not key:
        yield f"PAIVAND_SECRET_KEY is missing. {make}"
    elif len(key) < SHORTEST_KEY:
        yield f"PAIVAND_SECRET_KEY has {len(key)} characters and needs at least {SHORTEST_KEY}. {make}"
    elif len(set(key)) < FEWEST_CHARACTERS:
        yield f"PAIVAND_SECRET_KEY repeats few characters. {make}"


def _hosts(environ: Mapping[str, str]) -> Iterator[str]:
    hosts = [host.strip() for host in environ.get("PAIVAND_HOSTS", "").split(",") if host.strip()]
    if not hosts:
        yield "PAIVAND_HOSTS is missing. Name the hosts under which people reach Paivand, separated by commas."
    elif "*" in hosts:
        yield "PAIVAND_HOSTS is '*', which lets anyone forge links. Name the hosts, separated by commas."


def _transport(environ: Mapping[str, str]) -> Iterator[str]:
    if _on(environ, "PAIVAND_DEMO"):
        yield "PAIVAND_DEMO is on. It opens one-click sign-in: unset it, or use `paivand demo`."
    if not _on(environ, "PAIVAND_HTTPS", "1") and not _on(environ, "PAIVAND_BEHIND_PROXY"):
        yield (
            "PAIVAND_HTTPS is off, and no proxy stands in front. Set PAIVAND_HTTPS=1, or PAIVAND_BEHIND_PROXY=1 where "
            "a proxy ends the encryption."
        )


def _numbers(environ: Mapping[str, str]) -> Iterator[str]:
    read: dict[str, int] = {}
    for name, (default, least, most) in _NUMBERS.items():
        text = environ.get(name, "").strip() or str(default)
        if not text.isdecimal() or not least <= int(text) <= most:
            yield f"{name} is {text!r}. Give a whole number from {least} to {most}."
        else:
            read[name] = int(text)
    threads, pool = read.get("PAIVAND_THREADS"), read.get("PAIVAND_POOL")
    if threads and pool and pool < threads:
        yield (
            f"PAIVAND_POOL is {pool}, fewer connections than the {threads} threads of a worker (PAIVAND_THREADS): "
            "requests would wait for one another. Raise it or lower the threads."
        )


def _databases(environ: Mapping[str, str]) -> Iterator[str]:
    users = {}
    for name in ("DATABASE_URL", "PAIVAND_APP_DATABASE_URL"):
        url = environ.get(name, "")
        if not url:
            continue
        try:
            parts = urlsplit(url)
            users[name] = parts.username
        except ValueError:
            yield f"{name} is no address. It looks like postgresql://user:password@host:5432/database."
            continue
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            yield f"{name} is no address of a database. It looks like postgresql://user:password@host:5432/database."
    if len(users) == 2 and users["DATABASE_URL"] == users["PAIVAND_APP_DATABASE_URL"]:
        yield (
            "PAIVAND_APP_DATABASE_URL names the owner of the database. Give the application a role of its own, "
            "or unset it: `paivand migrate` then makes one."
        )
