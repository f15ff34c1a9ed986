"""Moments in words, in the time of the organization."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """The time zone of the organization, and what time it is."""

    zone: ZoneInfo
    now: datetime

    def say(self, at: datetime) -> str:
        """A moment: "today 14:05", "yesterday 09:12", "3 November, 09:12", "3 November 2025"."""
        local, now = at.astimezone(self.zone), self.now.astimezone(self.zone)
        days = (now.date() - local.date()).days
        if days in (-1, 0, 1):
            return f"{('tomorrow', 'today', 'yesterday')[days + 1]} {local:%H:%M}"
        return f"{local:%-d %B, %H:%M}" if local.year == now.year else f"{local:%-d %B %Y}"

    def say_use(self, at: datetime | None, *, never: str = "never") -> str:
        """When something was used last, to the minute as it is kept: "just now", else the moment."""
        if at is None:
            return never
        return "just now" if self.now - at < timedelta(minutes=2) else self.say(at)


def read_clock(zone: ZoneInfo) -> Clock:
    """What time it is there."""
    return Clock(zone, datetime.now(UTC))
