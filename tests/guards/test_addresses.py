"""Every address that a template asks for exists: one that is remembered under a name stays away in silence."""

from __future__ import annotations

from collections.abc import Iterator

from django.template.defaulttags import URLNode
from django.template.loader import get_template

from tests.guards.house import ROOT
from tests.guards.test_architecture import none
from tests.guards.urls import addresses

TEMPLATES = ROOT / "paivand" / "templates"


def asked() -> Iterator[tuple[str, str, URLNode]]:
    """What templates ask for by a name that is written down: the template, the name, and the tag."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        for node in get_template(name).template.nodelist.get_nodes_by_type(URLNode):
            if not node.view_name.is_var:
                yield name, str(node.view_name.var), node


def test_every_address_that_a_template_asks_for_exists_with_just_these_parameters():
    known: dict[str, list[set[str]]] = {}
    for address in addresses():
        known.setdefault(address.name, []).append(set(address.parameters))
    found = list(asked())
    assert len(found) > 500
    none(
        f"{template}: {name} {sorted(node.kwargs) or len(node.args)}"
        for template, name, node in found
        if not any(
            len(node.args) == len(parameters) if node.args else set(node.kwargs) == parameters
            for parameters in known.get(name, [])
        )
    )
