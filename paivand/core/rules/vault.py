"""What stands in the file of the vault's keys, and how it is read; the file itself is written by ``operate``."""

from __future__ import annotations

PSEUDONYM, SEAL = "pseudonym", "seal"


def keys_in(written: str) -> dict[str, list[str]]:
    """The keys of a file by what they are for, in their order: the newest stands first.

    >>> keys_in("# a remark\\nseal new\\nseal old\\n")
    {'pseudonym': [], 'seal': ['new', 'old']}
    """
    found: dict[str, list[str]] = {PSEUDONYM: [], SEAL: []}
    for line in written.splitlines():
        if line and not line.startswith("#"):
            what, _, key = line.partition(" ")
            found[what].append(key.strip())
    return found
