"""Fields of forms: what is wrong with one is found by readers, and attributes stand apart."""

import pytest
from justhtml import JustHTML

from app.web.finding_cards import WaiveForm
from app.web.forms import Form
from app.web.render import make_environment

FORM: Form[WaiveForm] = Form(values={"name": "1 < 2", "kind": "b", "on": True}, errors={"name": "Too short."})
MACROS = [
    'fields.input(form, "name", "Name", note="As people say it.")',
    'fields.textarea(form, "name", "Name", note="As people say it.", required=True)',
    'fields.select(form, "name", "Name", [("1 < 2", "one")], note="As people say it.", required=True)',
]


def find_elements(markup: str, selector: str) -> list[dict[str, str | None]]:
    """The attributes of every element that matches."""
    found = JustHTML(markup, fragment=True, sanitize=False).query(selector)
    return [each.attrs or {} for each in found]


@pytest.mark.parametrize("macro", MACROS)
def test_a_field_in_error_is_whole(macro: str) -> None:
    markup = make_environment().from_string(f"{{{{ {macro} }}}}").render(form=FORM)
    (field,) = find_elements(markup, "input, textarea, select")
    assert field["aria-invalid"] == "true"
    assert "required" in field
    assert field["aria-describedby"] == "name-wrong name-hint"
    assert field["id"] == "name"
    assert "1 &lt; 2" in markup


def test_a_field_without_error_says_nothing() -> None:
    markup = make_environment().from_string('{{ fields.check(form, "on", "On") }}').render(form=FORM)
    (field,) = find_elements(markup, "input")
    assert set(field) == {"id", "name", "type", "checked"}
