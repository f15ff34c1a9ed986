"""Surveys ready to use: the alignment audit, safety, priorities, a message, culture. No wording of pages.

The questions are our own. Where an option list is left to the organization, `fills` says what goes in.
"""

from enum import StrEnum
from typing import NamedTuple

from app.domain.surveys import AuditArea, QuestionKind, SurveyKind


class Fills(StrEnum):
    """What the organization puts in for a question of a template."""

    GOALS = "goals"
    BEHAVIOURS = "behaviours"


class TemplateOption(NamedTuple):
    """One of the things to rank or to choose from."""

    code: str
    text: str


class TemplateQuestion(NamedTuple):
    """A question of a template; `fills` turns it into options or into one question for each behaviour."""

    code: str
    kind: QuestionKind
    text: str
    area: AuditArea | None = None
    about: str | None = None
    behaviour: str | None = None
    options: tuple[TemplateOption, ...] = ()
    intended: str | None = None
    paired_with: str | None = None
    fills: Fills | None = None


class Template(NamedTuple):
    """A survey ready to use, and what it is for."""

    name: str
    title: str
    kind: SurveyKind
    purpose: str
    questions: tuple[TemplateQuestion, ...]


_AGREE, _WORDS = QuestionKind.AGREE, QuestionKind.WORDS
_RANKING = TemplateQuestion(
    "PRIORITIES",
    QuestionKind.RANK,
    "Put our goals in order: which matters most this year?",
    AuditArea.STRATEGY,
    fills=Fills.GOALS,
)
_SAFETY = tuple(
    TemplateQuestion(code, _AGREE, text, AuditArea.COMMUNICATION, about="safety")
    for code, text in (
        ("SAFE-1", "I can tell my leaders bad news without being blamed for it."),
        ("SAFE-2", "When I disagree in a meeting, my argument is heard out."),
        ("SAFE-3", "A mistake here is something we learn from, not something to hide."),
        ("SAFE-4", "It is easy to ask another department for help."),
    )
)
_AREA_ITEMS: tuple[tuple[AuditArea, tuple[str, ...]], ...] = (
    (
        AuditArea.STRATEGY,
        (
            "I can say in my own words where the organization is heading.",
            "I know why we have chosen these goals and not others.",
            "The leaders I work with put the same goals first.",
        ),
    ),
    (
        AuditArea.DECISIONS,
        (
            "I know who decides what in the matters I work on.",
            "Decisions that touch several departments are made in good time.",
            "A decision, once made, holds.",
        ),
    ),
    (
        AuditArea.COMMUNICATION,
        (
            "What I hear from my own leaders fits what other departments hear from theirs.",
            "Changes of direction reach me before rumours about them do.",
            "What my team reports upwards is taken up.",
        ),
    ),
    (
        AuditArea.GOALS,
        (
            "I can name the goal of the organization that my department's work serves.",
            "Our targets do not work against those of another department.",
            "Work that serves none of our goals is stopped.",
        ),
    ),
    (
        AuditArea.CULTURE,
        (
            "Our values are visible in how decisions are made here.",
            "Leaders act as they ask others to act.",
            "People in other departments and places work by the same values as we do.",
        ),
    ),
)
_AUDIT = tuple(
    TemplateQuestion(f"{area.name}-{number}", _AGREE, text, area)
    for area, texts in _AREA_ITEMS
    for number, text in enumerate(texts, start=1)
)

TEMPLATES = (
    Template(
        "audit",
        "Alignment audit",
        SurveyKind.AUDIT,
        "Where do we pull in the same direction, and where do we not? Five areas, about four minutes.",
        (
            *_AUDIT,
            TemplateQuestion("CHANGE", _WORDS, "What one thing should leaders do differently?"),
        ),
    ),
    Template(
        "priorities",
        "What comes first?",
        SurveyKind.PULSE,
        "Everybody puts the same goals in order. Where the orders differ, the strategy gets lost.",
        (_RANKING,),
    ),
    Template(
        "message",
        "Did the message arrive?",
        SurveyKind.PULSE,
        "One question tells in which departments a message was understood as it was meant.",
        (
            TemplateQuestion(
                "MESSAGE",
                QuestionKind.CHOOSE,
                "Which of these is our priority?",
                AuditArea.COMMUNICATION,
                fills=Fills.GOALS,
            ),
        ),
    ),
    Template(
        "safety",
        "Is it safe to speak up?",
        SurveyKind.PULSE,
        "Four sentences about speaking up. Nobody's answer can be told from the others'.",
        _SAFETY,
    ),
    Template(
        "culture",
        "Do we live our values?",
        SurveyKind.SURVEY,
        "For every behaviour that we expect of each other: how often do people see it around them?",
        (
            TemplateQuestion(
                "VALUE",
                _AGREE,
                "People around me act like this: {behaviour}",
                AuditArea.CULTURE,
                fills=Fills.BEHAVIOURS,
            ),
        ),
    ),
    Template(
        "say_do",
        "Say and do",
        SurveyKind.SURVEY,
        "Leaders rate themselves, their teams rate what they see. The difference is the matter.",
        (
            TemplateQuestion(
                "SELF-1",
                _AGREE,
                "If you lead people: I explain the reasons behind what I decide.",
                paired_with="TEAM-1",
            ),
            TemplateQuestion("TEAM-1", _AGREE, "My leaders explain the reasons behind what they decide."),
            TemplateQuestion(
                "SELF-2",
                _AGREE,
                "If you lead people: I act by the values that I ask of others.",
                paired_with="TEAM-2",
            ),
            TemplateQuestion("TEAM-2", _AGREE, "My leaders act by the values that they ask of others."),
        ),
    ),
    Template(
        "vision",
        "The vision in your own words",
        SurveyKind.SURVEY,
        "Whoever can say it in their own words can lead by it.",
        (
            TemplateQuestion("WORDS", _WORDS, "Where is the organization heading, in your own words?"),
            TemplateQuestion(
                "ROLE", _AGREE, "I know what my own work contributes to it.", AuditArea.STRATEGY
            ),
        ),
    ),
)
