"""Making a commitment of one line, as it is said in a meeting."""

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.actions.commitments import create_commitment
from app.domain.permissions import Actor, Permission, require
from app.errors import Fault, Invalid
from app.models.commitments import Commitment, CommitmentInput
from app.models.typed_lines import clean_line, refuse_line
from app.queries.commitments_captured import read_commitment_line


async def capture_commitment(
    session: AsyncSession, line: str, *, actor: Actor, review: str | None = None
) -> Commitment:
    """Makes the commitment that a line tells, perhaps in a review (its id or month).

    Refused with every part that says nothing or is missing.
    """
    require(actor, Permission.COMMITMENTS_WRITE)
    read = await read_commitment_line(session, str(clean_line(line)), actor=actor)
    if read.unknown or read.owner is None or read.due_on is None:
        faults = tuple(
            Fault("/line", "not_understood", f"{part.words}: {part.reason}.") for part in read.unknown
        )
        raise Invalid(" ".join(each.detail for each in faults), code="not_understood", faults=faults)
    about = {each.field: each.code for each in read.about}
    given = {"what": read.what, "owner": read.owner.code, "due_on": read.due_on, "review": review, **about}
    try:
        data = CommitmentInput.model_validate(given)
    except ValidationError as error:
        raise refuse_line(error) from error
    return await create_commitment(session, data, actor=actor)
