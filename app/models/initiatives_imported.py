"""An initiative as a file brings it: with the baseline it began with, and how it ended."""

from app.models.base import Day, Prose
from app.models.initiatives import InitiativeInput


class ImportedInitiative(InitiativeInput):
    """An initiative with its history: where `due_on` differs from `due_baseline`, it was moved once."""

    due_baseline: Day | None = None
    finished_on: Day | None = None
    cancelled_reason: Prose | None = None
