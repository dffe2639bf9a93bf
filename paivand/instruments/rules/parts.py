"""Reading a YAML file, under the name by which questionnaires and courses know it."""

from __future__ import annotations

from paivand.core.rules.parts import DeclarationError, Part

__all__ = ["DeclarationError", "Part"]
