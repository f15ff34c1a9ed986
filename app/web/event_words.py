"""Events in words: who did what to which thing, and which fields differ. Reading events is a query's work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.changes import Kind
from app.domain.linkage.wording import word_day, word_period
from app.domain.periods import parse_period
from app.domain.permissions import FIRST_RUN, SYSTEM, ActorKind
from app.queries.events import EventRow

UTC = ZoneInfo("UTC")
NOTHING = "—"
# How a sentence begins that tells of what acted here without a person.
_AS_SUBJECTS = {SYSTEM.name: "The command line", FIRST_RUN.name: "The first run"}
MOST_AT_ONCE = 3
Names = Mapping[str, str]
Snapshot = Mapping[str, Any]

_NOUNS: Mapping[str, str] = {
    Kind.ORGANIZATION: "the organization",
    Kind.VISION: "version",
    Kind.KPI: "KPI",
    Kind.OWNER: "",
    Kind.ENGAGEMENT_SEGMENT: "segment",
    Kind.CLIENT: "the client",
}
_VERBS: Mapping[str, str] = {
    "decided": "took",
    "reopened": "re-opened",
    "dissented": "noted a concern about",
    "updated": "changed",
    "affirmed": "affirmed",
    "withdrawn": "withdrew",
    "redated": "moved the due date of",
}
_RECORDED: Mapping[str, str] = {"created": "recorded", "revised": "corrected"}
_ASKED: Mapping[str, str] = {"created": "asked for", "asked_again": "asked anew for"}
# Whole sentences of what fits no pattern; `it` is the thing with its name.
_SENTENCES: Mapping[str, str] = {
    "signed_in": "{who} signed in",
    "signed_out": "{who} signed out",
    "password_set": "{who} set a new password",
    "password_link_made": "{who} made a link to set the password of {it}",
    "key_issued": "{who} issued a key to {it}",
    "keys_revoked": "{who} revoked the keys of {it}",
    "digest_started": "{who} gets the mail of the day again",
    "digest_stopped": "{who} stopped the mail of the day",
}
_LABELS: Mapping[str, str] = {
    "starts_on": "start",
    "ends_on": "end",
    "expires_on": "until",
    "need_by": "needed by",
    "due_on": "due",
    "due_baseline": "baseline",
    "finished_on": "finished",
    "cancelled_on": "cancelled",
    "cancelled_reason": "reason",
    "cancelled_by_id": "decision",
    "decline_reason": "reason",
    "delivered_on": "delivered",
    "cross_functional": "cross-functional",
    "fiscal_year_start": "first month of the fiscal year",
    "minimum_group": "smallest group shown",
    "first_period": "from",
    "last_period": "to",
    "not_applicable": "not applicable",
    "status_reason": "why this status",
    "external_id": "external id",
    "role_until": "last day of the role",
    "n": "respondents",
}
# What needs no label inside a list.
_SPOKEN = frozenset({"text", "name"})
# Bookkeeping, and what the sentence says already.
_UNTOLD = frozenset(
    {
        *("id", "epoch", "the_only", "is_demo", "vision_id", "changed_at", "archived_at", "affirmed_at"),
        *("mapped_at", "ignored_at", "last_seen_at", "first_seen_at", "revision", "first_day", "last_day"),
        *("fingerprint", "department_ids", "named_ids", "draft", "made_by_id", "built_in"),
    }
)
# Why a measurement is told without its value.
_ABSENT = {"not_applicable": "not applicable", "suppressed": "kept back, to protect who answered"}
_PAGES: Mapping[str, str] = {
    Kind.GOAL: "/goals/",
    Kind.OBJECTIVE: "/objectives/",
    Kind.INITIATIVE: "/initiatives/",
    Kind.KPI: "/kpis/",
    Kind.DEPARTMENT: "/departments/",
    Kind.OWNER: "/owners/",
    Kind.DECISION: "/decisions/",
    Kind.COMMITMENT: "/commitments/",
    Kind.RITUAL: "/rituals/",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; None is what was not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as people read it. `href` leads to the thing, where it has a page and still exists."""

    id: int
    who: str
    at: datetime
    when: str
    sentence: str
    changes: tuple[FieldChange, ...]
    href: str | None
    is_change: bool = True

    @property
    def summary(self) -> str:
        """What the list of fields is headed with."""
        number = len(self.changes)
        fields = "1 field" if number == 1 else f"{number} fields"
        return f"{fields} changed" if self.is_change else f"{fields} written"

    @property
    def is_short(self) -> bool:
        """Are the changes few enough to be read at once?"""
        return self.is_change and 0 < len(self.changes) <= MOST_AT_ONCE


def tell_event(event: EventRow, names: Names | None = None, zone: tzinfo = UTC) -> EventLine:
    """An event in words. `names`: what the ids in it are called, where the reader may know it."""
    changes = tuple(_compare(event, names or {}))
    who = who_did(event)
    at = event.at.astimezone(zone)
    return EventLine(
        id=event.id,
        who=who,
        at=at,
        when=f"{at:%-d %B %Y, %H:%M}",
        sentence=_write_sentence(event, who, changes, names or {}) + ".",
        changes=changes,
        href=_find_page(event),
        is_change=event.before is not None,
    )


def who_did(event: EventRow) -> str:
    """Who did it, as a sentence begins."""
    name = event.actor_name
    return _AS_SUBJECTS.get(name, name) if event.actor_kind == ActorKind.SYSTEM else name


def say_verb(event: EventRow) -> str:
    """What was done, as it stands between who and what."""
    if event.kind == Kind.MEASUREMENT and event.action in _RECORDED:
        return _RECORDED[event.action]
    if event.kind == Kind.CHANGE_REQUEST and event.action in _ASKED:
        return _ASKED[event.action]
    if event.kind == Kind.ENGAGEMENT_PUSH:
        return "sent"
    return _VERBS.get(event.action, event.action.replace("_", " "))


def say_period(text: str) -> str:
    """A stored period as it is spoken: `October 2026`, `week 41 of 2026`."""
    return word_period(parse_period(text))


def say_kind(kind: str) -> str:
    """The word for a kind of thing, as a label."""
    return "KPI" if kind == Kind.KPI else kind.replace("_", " ").capitalize()


def _write_sentence(event: EventRow, who: str, changes: tuple[FieldChange, ...], names: Names) -> str:
    if event.kind == Kind.MEASUREMENT:
        return _tell_measurement(event, who)
    if event.kind == Kind.ENGAGEMENT_PUSH:
        return _tell_push(event, who)
    if event.kind == Kind.WAIVER:
        return _tell_waiver(event, who)
    thing = _name_thing(event, names)
    if event.action in _SENTENCES:
        return _SENTENCES[event.action].format(who=who, it=thing)
    fields = [change.field for change in changes]
    if event.action == "updated" and 0 < len(fields) <= MOST_AT_ONCE:
        told = fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
        return f"{who} changed the {told} of {thing}"
    return f"{who} {say_verb(event)} {thing}"


def _name_thing(event: EventRow, names: Names) -> str:
    """`goal G1 “Grow”`: the noun, the code of then, and the title of then."""
    state = event.after or event.before or {}
    noun = _NOUNS.get(event.kind, event.kind.replace("_", " "))
    if event.kind == Kind.LINK:
        return f"the link {_name_link(event.code)}"
    if event.kind == Kind.TARGET:
        kpi = names.get(str(state.get("kpi_id")), "a KPI")
        return f"the target of {kpi} from {say_period(event.code)}"
    if event.kind == Kind.CHANGE_REQUEST:
        kpi = names.get(str(state.get("kpi_id")), "a KPI")
        return f"a change of {kpi} for {say_period(state['period'])} to {_write_value(state['value'])}"
    if event.kind == Kind.VISION:
        return f"version {event.code} of the vision"
    title = state.get("title") if event.kind != Kind.OWNER else state.get("name")
    title = title or state.get("name") or state.get("what")
    if event.kind in (Kind.OWNER, Kind.ORGANIZATION, Kind.CLIENT):
        return f"{noun} {title or event.code}".strip()
    return f"{noun} {event.code}" + (f" “{title}”" if title else "")


def _name_link(code: str) -> str:
    ends, _, type = code.rpartition(":")
    source, _, target = ends.partition(">")
    return f"{source} → {target} ({type.replace('_', ' ')})"


def _tell_measurement(event: EventRow, who: str) -> str:
    kpi, period, *place = event.code.split("/")
    where = f"{kpi} for {say_period(period)}" + (f" in {place[0]}" if place else "")
    after = event.after or {}
    absent = [words for field, words in _ABSENT.items() if after.get(field)]
    value = _write_value(after.get("value")) or ", ".join(absent)
    said = f": {value}" if value else ""
    passive = {
        "removed": f"{where} is no longer computed: its parts are gone",
        "aggregated": f"{where} was computed from its parts{said}",
        "assessed": f"{where} was judged again{said}",
    }
    return passive.get(event.action, f"{who} {say_verb(event)} {where}{said}")


def _tell_push(event: EventRow, who: str) -> str:
    summary = (event.after or {}).get("summary", {})
    counts = ", ".join(f"{number} {status}" for status, number in summary.items() if number)
    return f"{who} {say_verb(event)} engagement scores of {event.code}" + (f": {counts}" if counts else "")


def _tell_waiver(event: EventRow, who: str) -> str:
    state = event.after or event.before or {}
    rule = state.get("rule", "a rule")
    if event.action == "archived":
        return f"{who} took back the waiver of a finding of {rule}"
    until = _write_value(state.get("expires_on"))
    verb = "waived" if event.action == "created" else "changed the waiver of"
    return f"{who} {verb} a finding of {rule}" + (f" until {until}" if until else "")


def _compare(event: EventRow, names: Names) -> Iterator[FieldChange]:
    before, after = event.before or {}, event.after or {}
    for name in after if after else before:
        if name in _UNTOLD or before.get(name) == after.get(name):
            continue
        old, new = (_write_value(state.get(name), names) for state in (before, after))
        if old or new:
            yield FieldChange(_label(name), old, new)


def _label(name: str) -> str:
    return _LABELS.get(name) or name.removesuffix("_id").replace("_", " ")


def _write_value(value: Any, names: Names | None = None) -> str | None:
    """A value of a snapshot as a person would write it; None for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(told for item in value if (told := _write_value(item, names)))
    if isinstance(value, dict):
        parts = [(name, told) for name, item in value.items() if (told := _write_value(item, names))]
        return (
            ", ".join(told if name in _SPOKEN else f"{_label(name)} {told}" for name, told in parts) or None
        )
    text = str(value)
    return _write_text(text, names or {}) if isinstance(value, str) else text


def _write_text(text: str, names: Names) -> str:
    if text in names:
        return names[text]
    if _is_id(text):
        return "something that is not shown"
    try:
        return word_day(date.fromisoformat(text)) if len(text) == len("2026-01-01") else text
    except ValueError:
        return text


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and text.replace("-", "").isalnum()


def _find_page(event: EventRow) -> str | None:
    if event.action == "deleted":
        return None
    if event.kind == Kind.MEASUREMENT:
        return f"/kpis/{event.code.partition('/')[0]}"
    if event.kind == Kind.LINK:
        return f"/links/{event.object_id}"
    if event.kind == Kind.WAIVER:
        return "/linkage"
    page = _PAGES.get(event.kind)
    return f"{page}{event.object_id}" if page else None
