"""`coxswain`, also as `python -m app`: the command line, loaded without looking for garbage.

A start is mostly imports, whose objects stay. Looking through them again and again takes a fifth of the time.
"""

import gc
import sys

gc.disable()

from app.cli import COMMANDS, make_cli  # noqa: E402  (what this import loads is the point)


def run() -> None:
    """Runs the command that was asked for. Whoever asks for none, or for help, is shown all of them."""
    asked = [name for name in sys.argv[1:2] if name in COMMANDS]
    main = make_cli(asked or COMMANDS)
    gc.freeze()
    gc.enable()
    main()


if __name__ == "__main__":
    run()
