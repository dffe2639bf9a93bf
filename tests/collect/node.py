"""Where node is: the one that came into the environment, else whatever the machine has."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def node() -> str:
    """The path of node."""
    found = Path(sys.executable).with_name("node")
    return str(found) if found.exists() else shutil.which("node") or "node"
