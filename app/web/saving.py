"""Doing what a form asks for: lost updates and refusals become words in the form, and a status."""

from collections.abc import Awaitable, Callable

from app.deps import SessionDep
from app.errors import Conflict, CoxswainError, Invalid, Unavailable
from app.web.forms import Form, T

OK = 200


async def save_form(
    session: SessionDep,
    form: Form[T],
    save: Callable[[T], Awaitable[object]],
    *,
    now: Form[T] | None = None,
) -> int:
    """200 when it is done, else the status of the refusal that the form now tells.

    `now` is the form of the thing as it is, for edits: one that was made from another version clashes.
    """
    if now is not None and form.version != now.version:
        form.clash(now)
        return Conflict.status
    if form.data is None:
        return Invalid.status
    try:
        async with session.begin_nested():
            await save(form.data)
    except Unavailable:
        raise
    except CoxswainError as error:
        form.refuse(error)
        return error.status
    return OK
