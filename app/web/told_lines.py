"""One line that notes something, as a page shows it while it is typed. `domain.capture` reads lines."""

from dataclasses import dataclass

from app.domain.capture import Unknown


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What a line says, label by label, which parts of it say nothing, and why it was refused."""

    line: str = ""
    title: str = ""
    told: tuple[tuple[str, str], ...] = ()
    unknown: tuple[Unknown, ...] = ()
    refusal: str | None = None
