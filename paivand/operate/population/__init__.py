"""The demonstration's population: agencies, teams, accounts and 1,200 families with their stories."""

from paivand.operate.population.loading import N_FAMILIES, absent, bar, load, truth

__all__ = ["N_FAMILIES", "absent", "bar", "load", "truth"]
