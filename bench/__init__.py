"""Figures of a running Paivand, printed. ``make bench N=100000``; see docs/how-to/measure.md."""
