"""Which built files belong to a page, read out of the manifest of the build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def files_behind(manifest: Mapping[str, Mapping[str, Any]], entry: str) -> tuple[str, ...]:
    """Every built file that ``entry`` may ask for: what it imports now or later, styles, typefaces, pictures.

    Raises:
        KeyError: the build holds no such entry.
    """
    seen: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        part = manifest[name]
        yield part["file"]
        yield from part.get("css", ())
        yield from part.get("assets", ())
        for other in (*part.get("imports", ()), *part.get("dynamicImports", ())):
            yield from walk(other)

    return tuple(dict.fromkeys(walk(entry)))


def styles_of(manifest: Mapping[str, Mapping[str, Any]], entry: str) -> tuple[str, ...]:
    """The stylesheets of ``entry``, and of what it imports at once."""
    part = manifest[entry]
    own = tuple(part.get("css", ()))
    return tuple(
        dict.fromkeys((*(css for other in part.get("imports", ()) for css in styles_of(manifest, other)), *own))
    )
