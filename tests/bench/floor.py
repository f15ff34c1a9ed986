"""The floor of HTTP: constant bytes from one Starlette route. `python -m tests.bench.floor PORT BYTES`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ETAG = '"constant"'


def make_app(size: int) -> Starlette:
    """An application that knows one answer."""
    body = b"x" * size

    async def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == ETAG:
            return Response(status_code=304, headers={"etag": ETAG})
        return Response(body, headers={"etag": ETAG}, media_type="application/json")

    return Starlette(routes=[Route("/", answer)])


if __name__ == "__main__":
    uvicorn.run(
        make_app(int(sys.argv[2])),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
        server_header=False,
    )
