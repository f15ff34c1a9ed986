"""`.env.example` from the settings: `python -m tests.house.env_example` writes it anew."""

import ast
import inspect
from itertools import pairwise

from pydantic import SecretStr

from app.settings import Settings
from tests.house.repository import ROOT

EXAMPLE = ROOT / ".env.example"


def read_explanations() -> dict[str, str]:
    """What stands below each setting. Read here and not by the class, which every start would pay for."""
    (settings,) = ast.parse(inspect.getsource(Settings)).body
    assert isinstance(settings, ast.ClassDef)
    return {
        ast.unparse(setting.target): str(below.value.value)
        for setting, below in pairwise(settings.body)
        if isinstance(setting, ast.AnnAssign)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }


def write_example() -> str:
    """Every setting with what it means; commented out, so that the default holds."""
    parts = ["# Copy to .env and change what you need. Every line shows the default.\n"]
    explanations = read_explanations()
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default)
        assert not isinstance(field.default, SecretStr), "a secret has no default"
        parts.append(f"# {explanations[name]}\n#COXSWAIN_{name.upper()}={default}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    EXAMPLE.write_text(write_example())
