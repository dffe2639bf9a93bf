"""Cutting secrets out of what is logged: an address may hold the key to somebody's lists, or to one referral."""

from __future__ import annotations

import logging
import re

# With a slash before it or, as Django tells the path of a page that there is none of, without.
_SECRET = re.compile(r"(?<![\w.-])((?:key|r|password/reset/key|confirm-email)/)[^/\s?#\"'<>]+")


def masked(line: str) -> str:
    """The line without tokens of devices, of one-time links and of letters about passwords.

    >>> masked("Not Found: /key/c2VjcmV0/formList"), masked("/r/c2VjcmV0/answer/ and /families/F-000-0013/")
    ('Not Found: /key/***/formList', '/r/***/answer/ and /families/F-000-0013/')
    >>> masked("{'path': 'key/c2VjcmV0/no/page'} for /r/c2VjcmV0 and monkey/business")
    "{'path': 'key/***/no/page'} for /r/*** and monkey/business"
    """
    return _SECRET.sub(r"\1***", line)


class Masked(logging.Formatter):
    """Writes a line of a log, with what it was called with and what broke, and cuts the secrets out of the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
