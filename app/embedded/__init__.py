"""The embedded PostgreSQL: finds its binaries, makes a cluster, starts, shares, restarts and stops it.

Here live processes, files and locks. Settings, SQL, drivers and the rest of the app do not.
"""

from app.embedded.binaries import EmbeddedError, Server, find_binaries, run_tool
from app.embedded.children import die_with_parent
from app.embedded.sharing import running

__all__ = ["EmbeddedError", "Server", "die_with_parent", "find_binaries", "run_tool", "running"]
