"""`python -m app` is `coxswain`."""

from app.cli import main

main()
