"""Paivand: the system with which a programme for families left behind by labour migration runs its work."""

from importlib.metadata import version

__version__ = version("paivand")
