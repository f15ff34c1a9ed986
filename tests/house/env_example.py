"""`.env.example` from the settings: `python -m tests.house.env_example` writes it anew."""

from pydantic import SecretStr

from app.settings import Settings
from tests.house.repository import ROOT

EXAMPLE = ROOT / ".env.example"


def write_example() -> str:
    """Every setting with what it means; commented out, so that the default holds."""
    parts = ["# Copy to .env and change what you need. Every line shows the default.\n"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default)
        assert not isinstance(field.default, SecretStr), "a secret has no default"
        parts.append(f"# {field.description}\n#COXSWAIN_{name.upper()}={default}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    EXAMPLE.write_text(write_example())
