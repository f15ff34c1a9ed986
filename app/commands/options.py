"""What was typed on the command line as an input contract; what does not fit is refused by its option."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.commands.context import Refused
from app.models.base import say_fault

I = TypeVar("I", bound=BaseModel)  # noqa: E741


def read_options(contract: type[I], names: Mapping[str, str], **values: object) -> I:
    """The checked input. `names` tells what a field is called on the command line, where it differs."""
    try:
        return contract.model_validate(values)
    except ValidationError as error:
        lines = []
        for item in error.errors(include_input=False, include_url=False):
            field = str(item["loc"][0])
            lines.append(f"{names.get(field, f'--{field}')}: {say_fault(item)}")
        raise Refused("\n".join(lines)) from error
