"""`coxswain`, also as `python -m app`: the command line, loaded without looking for garbage.

A start is mostly imports, whose objects stay. Looking through them again and again takes a fifth of the time.
"""

import gc

gc.disable()

from app.cli import main  # noqa: E402  (what this import loads is the point)


def run() -> None:
    """Runs the command that was asked for."""
    gc.freeze()
    gc.enable()
    main()


if __name__ == "__main__":
    run()
