"""The one kind of route of the JSON door: strict about its query, its body, and repeated requests."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from app.api.idempotency import keep_answer
from app.errors import Fault, Invalid, UnsupportedMediaType

JSON_TYPES = ("application/json", "application/merge-patch+json")


def read_json(body: bytes) -> Any:
    """Decodes JSON. NaN and infinity pass, so that the rule that refuses them can name their place."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return json.loads(body.decode("utf-8"))
        except json.JSONDecodeError:
            raise
        except (UnicodeDecodeError, RecursionError, ValueError) as error:
            reason = "Nested too deeply" if isinstance(error, RecursionError) else "Not UTF-8 text"
            raise json.JSONDecodeError(reason, "", 0) from error


class StrictRequest(Request):
    """A request whose JSON is read by our rules."""

    async def json(self) -> Any:
        """The decoded body."""
        return read_json(await self.body())


class ApiRoute(APIRoute):
    """Refuses unknown query parameters and bodies of other kinds; POST honours Idempotency-Key."""

    keeps_answers = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        methods = options.get("methods") or ["GET"]
        if "POST" in methods and self.keeps_answers:
            dependencies = list(options.get("dependencies") or [])
            options["dependencies"] = [*dependencies, Depends(keep_answer, scope="function")]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the framework's handler with our checks."""
        handle = super().get_route_handler()
        known = known_parameters(self)
        reads_json = self.body_field is not None

        async def strict_handler(request: Request) -> Response:
            check_query(request, known)
            if reads_json:
                check_media_type(request)
            return await handle(StrictRequest(request.scope, request.receive))

        return strict_handler


class ForgetfulRoute(ApiRoute):
    """The same without Idempotency-Key: a remembered body, were it a hash, would tell who answered what."""

    keeps_answers = False


def name_operation(route: APIRoute) -> str:
    """The operation's id: the name of its function, which is unique across the code."""
    return route.name.removesuffix("_route")


class ApiRouter(APIRouter):
    """The operations of one noun, at their whole paths: to include a router makes all its routes again."""

    def __init__(self, place: str, *, tag: str, keeps_answers: bool = True) -> None:
        super().__init__(
            prefix=f"/api/v1{place}",
            tags=[tag],
            route_class=ApiRoute if keeps_answers else ForgetfulRoute,
            generate_unique_id_function=name_operation,
        )


def known_parameters(route: APIRoute) -> dict[str, bool]:
    """The query parameters of a route, and which of them may repeat."""
    known: dict[str, bool] = {}
    pending = [route.dependant]
    while pending:
        dependant = pending.pop()
        pending.extend(dependant.dependencies)
        for field in dependant.query_params:
            annotation = field.field_info.annotation
            inner = getattr(annotation, "model_fields", None)
            if inner is None:
                known[field.alias] = _is_list(annotation)
            else:
                known.update({info.alias or name: _is_list(info.annotation) for name, info in inner.items()})
    return known


def _is_list(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is list


def check_query(request: Request, known: dict[str, bool]) -> None:
    """Names every query parameter that this operation does not know, or that comes twice."""
    faults = []
    for name in dict.fromkeys(request.query_params.keys()):
        if name not in known:
            faults.append(Fault(f"?{name}", "unknown_parameter", "This operation has no such parameter."))
        elif not known[name] and len(request.query_params.getlist(name)) > 1:
            faults.append(Fault(f"?{name}", "repeated_parameter", "This parameter is given more than once."))
    if faults:
        raise Invalid("The query has parameters that are not understood.", faults=tuple(faults))


def check_media_type(request: Request) -> None:
    """Refuses bodies that do not say they are JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in JSON_TYPES:
        given = f"{media_type} is" if media_type else "A body without Content-Type is"
        raise UnsupportedMediaType(f"{given} not read here; send application/json.")
