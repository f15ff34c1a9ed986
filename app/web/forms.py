"""Forms: what a browser sent, read against a contract, with what was typed and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from app.errors import CoxswainError, Malformed
from app.models.base import say_fault


class Contract(BaseModel):
    """Base of what forms ask for; compiled when the first form arrives."""

    model_config = ConfigDict(defer_build=True)


T = TypeVar("T", bound=BaseModel)
MOST_FIELDS = 1000


@dataclass
class Form(Generic[T]):
    """What was typed (`values`), what is wrong (`errors`, by field; "" is the whole), else the data."""

    data: T | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, error: CoxswainError) -> None:
        """Lets what an action refuses land beside its field; what has none is about the whole form."""
        for fault in error.faults:
            name = fault.pointer.strip("/").partition("/")[0]
            self.errors.setdefault(name if name in self.values else "", fault.detail)
        if not error.faults:
            self.errors.setdefault("", error.detail)


async def read_form(request: Request, contract: type[T]) -> Form[T]:
    """A form as its contract reads it: texts are stripped, blanks are absent, unticked boxes are false."""
    try:
        sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
    except (HTTPException, ValueError) as error:
        raise Malformed("The form cannot be read.") from error
    typed = {name: _read_field(sent, name, info.annotation) for name, info in contract.model_fields.items()}
    given = {name: value for name, value in typed.items() if value is not None}
    try:
        return Form(contract.model_validate(given), typed)
    except ValidationError as error:
        form: Form[T] = Form(None, typed)
        for item in error.errors(include_input=False):
            name = str(item["loc"][0]) if item["loc"] else ""
            missing = item["type"] == "missing"
            form.errors.setdefault(name, "Please fill this in." if missing else f"{say_fault(item)}")
        return form


def _read_field(sent: FormData, name: str, annotation: Any) -> Any:
    if get_origin(annotation) is list:
        return [value.strip() for value in sent.getlist(name) if isinstance(value, str) and value.strip()]
    if bool in (annotation, *get_args(annotation)):
        return sent.get(name) is not None
    value = sent.get(name)
    if name == "password":  # spaces are part of it
        return value if isinstance(value, str) else None
    return value.strip() or None if isinstance(value, str) else None
