"""One's own note about a review, as a form."""

from app.models.base import Prose
from app.queries.reviews_live import OwnNote
from app.web.forms import VERSION, Contract, Form


class NoteForm(Contract):
    """What somebody writes for themselves."""

    body: Prose | None = None


def fill_note(note: OwnNote) -> Form[NoteForm]:
    """A note as its form. Nothing has no version."""
    version = note.version or None
    return Form(values={VERSION: version, "body": note.body or None}, version=version)
