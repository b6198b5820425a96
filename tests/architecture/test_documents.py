"""Documents that would grow stale in silence are compared with the code."""

import re

import pytest
import typer
from pydantic import SecretStr

from portal.cli.main import app
from portal.core.settings import Settings
from portal.sample.organisations import PEOPLE
from portal.sample.seed_people import SAMPLE_PASSWORD
from tests.architecture.sources import ROOT, text_of

README = text_of(ROOT / "README.md")


def settings_table() -> str:
    """The table as it should stand in the README."""
    lines = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        variable = "PORT" if name == "port" else f"SALA_{name.upper()}"
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = f"`{default}`" if str(default) else "empty"
        lines.append(f"| `{variable}` | {shown} | {field.description} |")
    return "\n".join(lines)


def commands() -> list[str]:
    root = typer.main.get_command(app)
    names = []
    for name, command in root.commands.items():
        below = getattr(command, "commands", None)
        names += [f"sala {name} {inner}" for inner in below] if below else [f"sala {name}"]
    return names


def test_the_readme_lists_every_setting():
    between = re.search(r"<!-- settings: .*? -->\n(.*?)\n<!-- end of settings -->", README, re.DOTALL)
    assert between, "The README has lost its table of settings."
    assert between[1] == settings_table()


@pytest.mark.parametrize("command", commands())
def test_the_readme_names_every_command(command):
    assert f"`{command}`" in README


def test_the_readme_names_no_command_that_is_not_there():
    assert set(re.findall(r"^\| `(sala [a-z ]+)` \|", README, re.MULTILINE)) == set(commands())


def test_the_sign_ins_of_the_readme_are_those_of_the_sample_library():
    assert f"`{SAMPLE_PASSWORD}`" in README
    named = set(re.findall(r"`(\w+@[\w.]+\.example)`", README))
    assert named
    assert named <= {person.email for person in PEOPLE}


def test_the_readme_names_the_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", README)) <= targets
    assert {"demo", "test", "bench", "search-quality", "translations"} <= targets
