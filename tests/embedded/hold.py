"""A program that keeps a cluster running until its standard input ends: the other process of a test."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from app.embedded import EmbeddedError, running


def tell(**what: str) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(ending: Callable[[], object] = lambda: None) -> None:
    # Whoever started the tests in the background has taught us to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with running(Path(sys.argv[1]), **json.loads(sys.argv[2])) as server:
            tell(socket=str(server.socket_directory), bin=str(server.bin))
            sys.stdin.read()
            ending()
    except EmbeddedError as error:
        tell(error=str(error))


if __name__ == "__main__":
    main()
