"""Courses, groups, lessons, tests and certificates: whoever learns, and what came of it."""
