"""`coxswain`, also as `python -m app`: the command line, and what makes its loading quick.

A start is mostly imports, whose objects stay: looking for garbage among them takes a fifth of the time. The
framework's contracts are compiled when they are first used, like our own (`models.base`).
"""

import gc
import sys

gc.disable()

from pydantic import BaseModel  # noqa: E402  (what is loaded after this is the point)

BaseModel.model_config["defer_build"] = True

from app.cli import COMMANDS, make_cli  # noqa: E402  (and after this too)


def run() -> None:
    """Runs the command that was asked for. Whoever asks for none, or for help, is shown all of them."""
    asked = [name for name in sys.argv[1:2] if name in COMMANDS]
    main = make_cli(asked or COMMANDS)
    gc.freeze()
    gc.enable()
    main()


if __name__ == "__main__":
    run()
