"""The demonstration's population: agencies, teams, accounts and two hundred families, made through the actions."""

from paivand.operate.population.loading import absent, bar, load

__all__ = ["absent", "bar", "load"]
