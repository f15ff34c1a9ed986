"""The results of a closed survey as pages show them: figures in words, pictures, and why something is hidden.

What may be shown was decided when the survey closed (`domain/survey_tabulation`); nothing is computed here
that was not stored then.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from app.domain.survey_groups import Exposure
from app.domain.survey_results import AreaCell, Cell, Coverage, QuestionTable, Results
from app.domain.surveys import QuestionKind
from app.domain.words import Level
from app.models.surveys import Question
from app.web.charts import Dot, Part, group_strip, share_bar, spread_bar
from app.web.figures import write_hidden
from app.web.survey_places import SurveyPlace
from app.web.survey_sheets import AGREE_WORDS

KIND_WORDS = {
    QuestionKind.AGREE: "agreement, 1–5",
    QuestionKind.NPS: "eNPS, −100…100",
    QuestionKind.RANK: "order of importance",
    QuestionKind.CHOOSE: "one of several",
    QuestionKind.WORDS: "own words",
}
AREA_WORDS = {
    "strategy": "Strategy",
    "decisions": "Decisions",
    "communication": "Communication",
    "goals": "Goals",
    "culture": "Culture",
}
NPS_PARTS = ("detractors (0–6)", "passives (7–8)", "promoters (9–10)")
_LEVELS = [level.value for level in Level]
# Steps of colour for a mean of 1 to 5; the number stands in the cell, too.
_STEPS = (2.5, 3.0, 3.5, 4.0)


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of a table: what stands in it, what it means, how it looks."""

    text: str
    hint: str = ""
    looks: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a table."""

    name: str
    cells: tuple[CellView, ...]
    depth: int = 0
    picture: Markup | None = None


@dataclass(frozen=True, slots=True)
class OptionResult:
    """An option: its share or mean place in words and as a bar, and whether it was the one meant."""

    text: str
    value: str
    bar: Markup
    is_meant: bool


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """A question over the whole organization: figures as (what, how much), a picture, sentences."""

    code: str
    text: str
    kind: str
    area: str | None
    figures: tuple[tuple[str, str], ...]
    picture: Markup | None
    options: tuple[OptionResult, ...]
    legend: tuple[str, str] | None
    sentences: tuple[str, ...]
    hidden: str | None


def say_hidden(exposure: Exposure, k: int) -> CellView:
    """Words in the place of figures."""
    if exposure is Exposure.FEW:
        return CellView(write_hidden(k), f"Fewer than {k} answered.", "hidden")
    if exposure is Exposure.AGREES:
        return CellView(
            "alike", "Nearly everyone agrees; exact figures would tell everybody's answer.", "hidden"
        )
    return CellView(
        write_hidden(k, withheld=True), "It would tell of a smaller group by subtraction.", "hidden"
    )


def view_cell(cell: Cell, question: Question, k: int) -> CellView:
    """The one figure that tells most of a group's answers."""
    figures = cell.figures
    if figures is None:
        return say_hidden(cell.exposure, k)
    n = f"n = {cell.n}"
    if figures.mean is not None:
        return CellView(f"{figures.mean:.1f}", f"{n}, {figures.favourable} % agree", _shade(figures.mean))
    if figures.enps is not None:
        return CellView(_sign(figures.enps), f"{n}, ± {figures.margin}")
    if figures.ranks:
        first = figures.ranks[0].option
        return CellView(
            first, f"{n}; first: {_option_texts(question)[first]}; {_say_agreement(figures.agreement)}"
        )
    if figures.intended is not None:
        return CellView(f"{figures.intended} %", f"{n}, chose what was meant")
    return CellView(n, "No option was meant.")


def view_overall(results: Results, questions: Sequence[Question]) -> list[QuestionResult]:
    """Every question with figures, over the whole organization."""
    known = {each.code: each for each in questions}
    return [_view_question(table, known[table.code], results.k) for table in results.questions]


def _view_question(table: QuestionTable, question: Question, k: int) -> QuestionResult:
    cell = table.total
    return QuestionResult(
        code=table.code,
        text=question.text,
        kind=KIND_WORDS[table.kind],
        area=AREA_WORDS.get(question.area.value) if question.area else None,
        figures=tuple(_list_figures(cell)),
        picture=_draw_spread(cell, question),
        options=tuple(_list_options(cell, question)),
        legend=_name_ends(cell, question),
        sentences=tuple(_say_more(table)),
        hidden=None if cell.figures else say_hidden(cell.exposure, k).hint,
    )


def _list_figures(cell: Cell) -> Iterator[tuple[str, str]]:
    figures = cell.figures
    if figures is None:
        if cell.n is not None:
            yield "answers", str(cell.n)
        return
    if figures.mean is not None:
        yield "mean of 1–5", f"{figures.mean:.1f}"
        yield "agree", f"{figures.favourable} %"
    if figures.enps is not None:
        yield "eNPS", _sign(figures.enps)
        yield "margin", f"± {figures.margin}"
    if figures.intended is not None:
        yield "chose what was meant", f"{figures.intended} %"
    if figures.ranks:
        agreement = "—" if figures.agreement is None else f"{figures.agreement:.2f}"
        yield "agreement (0 as by chance, 1 all alike)", agreement
    yield "answers", str(cell.n)


def _draw_spread(cell: Cell, question: Question) -> Markup | None:
    if cell.figures is None or not cell.figures.spread or question.kind is QuestionKind.CHOOSE:
        return None
    names = AGREE_WORDS if question.kind is QuestionKind.AGREE else NPS_PARTS
    parts = [Part(name, share) for name, share in zip(names, cell.figures.spread, strict=True)]
    return spread_bar(parts, label=f"How the answers to {question.code} spread")


def _list_options(cell: Cell, question: Question) -> Iterator[OptionResult]:
    """Options by their mean place, the first one first; or with their shares, as they were asked."""
    if cell.figures is None:
        return
    texts = _option_texts(question)
    for each in cell.figures.ranks:
        length = (len(texts) - each.mean) / max(len(texts) - 1, 1)
        label = f"{texts[each.option]}: mean place {each.mean:.1f}"
        yield OptionResult(texts[each.option], f"{each.mean:.1f}", share_bar(length, label=label), False)
    if question.kind is QuestionKind.CHOOSE and cell.figures.spread:
        for (code, text), share in zip(texts.items(), cell.figures.spread, strict=True):
            is_meant = code == question.intended
            bar = share_bar(share / 100, label=f"{text}: {share} %", is_meant=is_meant)
            yield OptionResult(text, f"{share} %", bar, is_meant)


def _name_ends(cell: Cell, question: Question) -> tuple[str, str] | None:
    """What the ends of a bar of shares stand for."""
    if cell.figures is None or not cell.figures.spread or question.kind is QuestionKind.CHOOSE:
        return None
    names = AGREE_WORDS if question.kind is QuestionKind.AGREE else NPS_PARTS
    return names[0], names[-1]


def _say_more(table: QuestionTable) -> Iterator[str]:
    """What a message and a pair of questions tell beyond their own figures."""
    if table.message is not None and table.message.landed is not None:
        message = table.message
        even = "" if message.consistency is None else f", consistency {message.consistency} of 100"
        left = f"; {message.left_out} left out" if message.left_out else ""
        yield f"Over {message.departments} departments {message.landed} % chose what was meant{even}{left}."
    if table.gap is not None:
        gap = table.gap
        if gap.is_clear:
            more = "more" if gap.difference > 0 else "less"
            yield (
                f"Leaders say {gap.leaders:.1f} of themselves, teams say {gap.teams:.1f} of them:"
                f" {abs(gap.difference):.1f} {more}, give or take {gap.margin:.1f}."
            )
        else:
            yield (
                f"Leaders say {gap.leaders:.1f}, teams {gap.teams:.1f}: no difference that so few"
                f" answers could show (± {gap.margin:.1f})."
            )


def view_levels(results: Results, questions: Sequence[Question]) -> tuple[list[str], list[RowView]]:
    """Questions by levels: the names of the columns; rows, with a strip where two levels are shown."""
    known = {each.code: each for each in questions}
    names = [cell.level or "" for cell in _order_levels(results.questions[0])] if results.questions else []
    rows = [
        RowView(
            known[table.code].text,
            tuple(
                view_cell(cell, known[table.code], results.k) for cell in (table.total, *_order_levels(table))
            ),
            picture=_draw_levels(table),
        )
        for table in results.questions
    ]
    return ["All", *names], rows


def _order_levels(table: QuestionTable) -> list[Cell]:
    """From the top of the organization down."""
    return sorted(table.levels, key=lambda cell: _LEVELS.index(cell.level or ""))


def _draw_levels(table: QuestionTable) -> Markup | None:
    dots = [
        Dot(cell.level or "", cell.figures.mean)
        for cell in table.levels
        if cell.figures is not None and cell.figures.mean is not None
    ]
    if len(dots) < 2:
        return None
    return group_strip(dots, low=1, high=5, label=f"Where levels stand on {table.code}")


def view_departments(
    results: Results, question: Question, places: Sequence[SurveyPlace]
) -> tuple[list[str], list[RowView]]:
    """One question by departments."""
    table = next(each for each in results.questions if each.code == question.code)
    cells = {cell.department: cell for cell in (table.total, *table.departments)}
    rows = [
        RowView(place.name, tuple(_spell_out(cells[place.id], question, results.k)), place.depth)
        for place in places
        if place.id in cells
    ]
    whole = RowView("Whole organization", tuple(_spell_out(table.total, question, results.k)))
    return list(_name_columns(question)), [whole, *rows]


def _name_columns(question: Question) -> Iterator[str]:
    yield "Answers"
    if question.kind is QuestionKind.AGREE:
        yield from ("Mean of 1–5", "Agree")
    elif question.kind is QuestionKind.NPS:
        yield from ("eNPS", "Margin")
    elif question.kind is QuestionKind.RANK:
        yield from ("First", "Agreement")
    elif question.intended is not None:
        yield "Chose what was meant"


def _spell_out(cell: Cell, question: Question, k: int) -> Iterator[CellView]:
    figures = cell.figures
    if figures is None:
        word = say_hidden(cell.exposure, k)
        yield CellView(str(cell.n)) if cell.n is not None else word
        yield from [word] * (len(list(_name_columns(question))) - 1)
        return
    yield CellView(str(cell.n))
    if figures.mean is not None:
        yield CellView(f"{figures.mean:.1f}", looks=_shade(figures.mean))
        yield CellView(f"{figures.favourable} %")
    elif figures.enps is not None:
        yield CellView(_sign(figures.enps))
        yield CellView(f"± {figures.margin}")
    elif figures.ranks:
        yield CellView(_option_texts(question)[figures.ranks[0].option])
        yield CellView("—" if figures.agreement is None else f"{figures.agreement:.2f}")
    elif figures.intended is not None:
        yield CellView(f"{figures.intended} %")


def view_areas(results: Results, places: Sequence[SurveyPlace]) -> tuple[list[str], list[RowView]]:
    """The heat map: departments by areas."""
    areas = list(dict.fromkeys(each.area for each in results.areas))
    cells = {(each.department, each.area): each for each in results.areas}
    rows = [RowView("Whole organization", tuple(_view_area(cells[None, area]) for area in areas))]
    rows += [
        RowView(place.name, tuple(_view_area(cells[place.id, area]) for area in areas), place.depth)
        for place in places
        if areas and (place.id, areas[0]) in cells
    ]
    return [AREA_WORDS[area] for area in areas], rows if areas else []


def _view_area(cell: AreaCell) -> CellView:
    if cell.mean is None:
        return CellView("hidden", "Nothing of it may be shown.", "hidden")
    return CellView(f"{cell.mean:.1f}", f"{cell.based_on} of {cell.of} questions", _shade(cell.mean))


def view_coverage(results: Results, places: Sequence[SurveyPlace]) -> list[RowView]:
    """Who answered of those who were asked: the organization, departments as a tree, levels."""
    of_department = {each.cell.department: each for each in results.coverage if each.cell.level is None}
    of_level = [each for each in results.coverage if each.cell.level is not None]
    of_level.sort(key=lambda each: _LEVELS.index(each.cell.level or ""))
    return [
        _view_coverage("Whole organization", of_department[None], results.k),
        *(_view_coverage(each.name, of_department[each.id], results.k, each.depth) for each in places),
        *(_view_coverage(f"Level {each.cell.level}", each, results.k) for each in of_level),
    ]


_BLIND = CellView("blind spot", "Fewer than 30 % answered.", "blind")


def _view_coverage(name: str, coverage: Coverage, k: int, depth: int = 0) -> RowView:
    cell = coverage.cell
    blind = (
        CellView("blind spot", "Fewer than 30 % answered.", "blind") if coverage.is_blind else CellView("")
    )
    if cell.n is None:
        return RowView(name, (say_hidden(cell.exposure, k), CellView(""), CellView(""), blind), depth)
    figures = (str(cell.n), str(coverage.invited), f"{coverage.share} %")
    return RowView(name, (*map(CellView, figures), blind), depth)


def say_coverage(results: Results) -> str:
    """How many answered at all."""
    whole = results.coverage[0]
    if whole.cell.n is None:
        return f"Fewer than {results.k} people answered: nothing can be shown."
    return f"{whole.cell.n} of {whole.invited} answered ({whole.share} %)"


def list_words(
    results: Results, questions: Sequence[Question], department: UUID | None
) -> list[tuple[str, tuple[str, ...]]]:
    """Own words of a department or of all, question by question."""
    texts = {each.code: each.text for each in questions}
    return [(texts[each.question], each.texts) for each in results.words if each.department == department]


def say_what_is_hidden(results: Results) -> list[str]:
    """How many cells say less than everything, and why: one sentence for each reason there is."""
    counts = Counter(cell.exposure for cell in _list_all_cells(results))
    sentences = {
        Exposure.FEW: (f"n<{results.k}", f"fewer than {results.k} people answered"),
        Exposure.MERGED: (
            "kept back",
            "by subtraction they would tell of a smaller group",
        ),
        Exposure.AGREES: (
            "alike",
            "nearly everyone agrees; exact figures would tell everybody's answer",
        ),
    }
    return [
        f"{counts[exposure]} of {counts.total()} figures ({word}): {why}."
        for exposure, (word, why) in sentences.items()
        if counts[exposure]
    ]


def _list_all_cells(results: Results) -> Iterable[Cell]:
    for table in results.questions:
        yield from (table.total, *table.departments, *table.levels)


def _option_texts(question: Question) -> dict[str, str]:
    return {option.code: option.text for option in question.options}


def _say_agreement(agreement: float | None) -> str:
    return "agreement unknown" if agreement is None else f"agreement {agreement:.2f}"


def _sign(number: int) -> str:
    return f"+{number}" if number > 0 else str(number).replace("-", "−")


def _shade(mean: float) -> str:
    return f"heat heat-{1 + sum(mean >= step for step in _STEPS)}"
