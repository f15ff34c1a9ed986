"""The demo's staff, and what they answer in its surveys: who they are and how they lean stands in the YAML.

Pure, and the same for the same content. Leaders are executives and senior people, wherever they work.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.demo.noise import noise
from app.domain.survey_templates import TEMPLATES, Fills
from app.domain.surveys import SCALES, QuestionKind

Row = dict[str, Any]

_LEADING = ("executive", "senior")


def hire_staff(content: Row, managers: Mapping[str, str]) -> list[Row]:
    """Owners without a role; each reports to the head of the department."""
    first, last = content["first_names"], content["last_names"]
    places = [
        (department, level)
        for department, levels in content["staff"].items()
        for level, number in levels.items()
        for _ in range(number)
    ]
    people = []
    for index, (department, level) in enumerate(places):
        name = f"{first[index % len(first)]} {last[(index * 7 + index // len(first)) % len(last)]}"
        people.append(
            {
                "email": f"{name.lower().replace(' ', '.')}@larkmoor.example",
                "name": name,
                "title": content["titles"][level],
                "department": department,
                "level": level,
                "manager": managers[department],
                "active": True,
            }
        )
    return people


def hold_survey(told: Row, people: Sequence[Row], organization: Row) -> Row:
    """A survey with the sheet of everybody who answers, by e-mail."""
    survey = told["survey"]
    questions = list(_list_questions(survey, organization))
    sheets = {
        person["email"]: sheet
        for person in people
        if _answers(told, person) and (sheet := dict(_fill_sheet(told, questions, person)))
    }
    times: Row = {name: f"{told[name]}T09:00:00+00:00" for name in ("opened", "closed") if name in told}
    return {"survey": survey, **times, "sheets": sheets}


def _answers(told: Row, person: Row) -> bool:
    """Leaders always answer: it is their survey."""
    return person["level"] in _LEADING or _share(told, person, "answers") < told["rate"]


def _share(told: Row, person: Row, what: str) -> float:
    return 50 * (1 + noise(f"{told['survey']['code']}/{person['email']}/{what}"))


def _list_questions(survey: Row, organization: Row) -> Iterator[Row]:
    """Code, kind and subject of each question, those of templates as they will be filled."""
    if "template" not in survey:
        yield from ({**each, "subject": each.get("about")} for each in survey["questions"])
        return
    template = next(each for each in TEMPLATES if each.name == survey["template"])
    for question in template.questions:
        if question.fills is Fills.BEHAVIOURS:
            for place, value in enumerate(organization["values"], start=1):
                for number in range(1, len(value["behaviours"]) + 1):
                    code = f"{question.code}-{place}-{number}"
                    yield {"code": code, "kind": question.kind, "subject": value["name"]}
        else:
            subject = question.about or question.area
            yield {"code": question.code, "kind": question.kind, "subject": subject}


def _fill_sheet(told: Row, questions: Sequence[Row], person: Row) -> Iterator[tuple[str, Any]]:
    for question in questions:
        kind = QuestionKind(question["kind"])
        if kind is QuestionKind.AGREE:
            yield question["code"], _agree(told, question, person)
        elif kind is QuestionKind.RANK:
            yield question["code"], _rank(told, person)
        elif kind is QuestionKind.CHOOSE:
            yield question["code"], _choose(told, question, person)
        elif kind is QuestionKind.WORDS and _share(told, person, "writes") < told["words"]["share"]:
            texts = told["words"]["texts"]
            yield question["code"], texts[int(_share(told, person, "words") / 100 * len(texts))]


def _agree(told: Row, question: Row, person: Row) -> int:
    leaning, subject = told["agree"], question["subject"]
    at_home = {} if person["level"] in _LEADING else leaning["departments"].get(person["department"], {})
    middle: float = (
        leaning["of"][subject] + at_home.get(subject, 0) + leaning["levels"].get(person["level"], 0)
    )
    low, high = SCALES[QuestionKind.AGREE]
    strayed = middle + leaning["spread"] * noise(
        f"{told['survey']['code']}/{person['email']}/{question['code']}"
    )
    return int(min(high, max(low, round(strayed))))


def _rank(told: Row, person: Row) -> list[str]:
    leaning = told["rank"]["leaders" if person["level"] in _LEADING else person["department"]]
    places = {
        option: place + leaning["spread"] * noise(f"{told['survey']['code']}/{person['email']}/{option}")
        for place, option in enumerate(leaning["order"])
    }
    return sorted(places, key=lambda option: places[option])


def _choose(told: Row, question: Row, person: Row) -> str:
    code = question["code"]
    shares = told["choose"][code]
    intended: str = question["intended"]
    # Whoever has understood a message once has understood it the next time, too.
    if 50 * (1 + noise(f"{person['email']}/{code}")) < shares.get(person["department"], shares["otherwise"]):
        return intended
    others = [each["code"] for each in question["options"] if each["code"] != intended]
    return str(others[int(_share(told, person, f"{code}/other") / 100 * len(others))])
