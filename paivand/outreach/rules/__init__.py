"""Decisions about campaigns, ways of counting, contacts and materials, in plain Python."""
