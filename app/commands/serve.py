"""`coxswain serve`: the database, then the application over it, and nothing left behind at the end."""

import gc
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from threading import Timer

import typer
import uvicorn
from sqlalchemy import URL

from app.commands.context import DataDir, Refused, clear_refusals, open_url
from app.schema import read_server_settings
from app.settings import Settings

_APPLICATION = "app.main"
# The code of a first run is for people: the start does not wait for it.
FIRST_RUN_SECONDS = 2.0
# A server that may lose acknowledged commits makes every promise of ours untrue.
_DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")


def serve(
    host: str | None = typer.Option(None, help="The address to listen on (default 127.0.0.1)."),
    port: int | None = typer.Option(None, min=0, max=65535, help="The port to listen on (default 8000)."),
    workers: int | None = typer.Option(None, min=1, max=64, help="How many processes serve (default 1)."),
    data_dir: DataDir = None,
) -> None:
    """Runs Coxswain until Ctrl-C."""
    # uvicorn raises the signal again when it has stopped; without this, nothing after it would run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with clear_refusals():
        settings = Settings()
        place = (host or settings.host, settings.port if port is None else port)
        count = workers or settings.workers
        load = _load_application if count == 1 else int
        with open_url(data_dir, resident=True, meanwhile=load) as url, suppress(KeyboardInterrupt):
            if not settings.allow_forgetful_database:
                refuse_forgetful_server(url)
            _greet(*place)
            offer = Timer(FIRST_RUN_SECONDS, _offer_first_run, [url])
            offer.daemon = True
            offer.start()
            try:
                _run(url, *place, count)
            finally:
                offer.cancel()


def _offer_first_run(url: URL) -> None:
    """What only a new installation needs, and what it needs of the models, is loaded here and not before."""
    import_module("app.commands.first_run").offer_first_run(url)


def refuse_forgetful_server(url: URL) -> None:
    """Refuses a database that may forget what it acknowledged."""
    off = [name for name, value in read_server_settings(url, _DURABILITY).items() if value == "off"]
    if off:
        names = ", ".join(off)
        raise Refused(f"The database runs with {names} off and may lose what was saved. Switch it on.")


def _load_application() -> None:
    """Loads what this process is going to serve; workers load it themselves."""
    gc.disable()
    import_module(_APPLICATION)


def _run(url: URL, host: str, port: int, workers: int) -> None:
    os.environ["COXSWAIN_DATABASE_URL"] = url.render_as_string(hide_password=False)
    os.environ["COXSWAIN_WORKERS"] = str(workers)
    uvicorn.run(
        f"{_APPLICATION}:create_served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def _greet(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(
        f"Coxswain runs at http://{shown}:{port} (API reference: /api/docs). Stop it with Ctrl-C.", flush=True
    )
