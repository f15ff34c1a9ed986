"""Is the process alive, and can it work? For supervisors and proxies; open to everybody."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app.api.problems import Problem
from app.api.route import name_operation
from app.deps import get_database
from app.errors import Unavailable

router = APIRouter(tags=["health"], generate_unique_id_function=name_operation)


class Health(BaseModel):
    """The state of this process."""

    status: str


@router.get("/healthz", summary="Is the process alive?", response_model=Health)
async def show_health() -> Response:
    """Answers as long as the process runs; asks nothing of the database."""
    return Response(b'{"status":"alive"}', media_type="application/json")


@router.get(
    "/readyz",
    summary="Can the process work?",
    response_model=Health,
    responses={503: {"model": Problem, "description": "The database is away, or its schema is behind."}},
)
async def show_readiness(request: Request) -> Response:
    """Answers 200 when the database is there and its schema is the one this version needs."""
    revision = await get_database(request).schema_revision()
    if revision != request.app.state.head_revision:
        raise Unavailable("The schema of the database is not that of this version. Run: coxswain migrate")
    return Response(b'{"status":"ready"}', media_type="application/json")
