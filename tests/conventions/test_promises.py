"""README, changes and errors say what the code does."""

import inspect
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pkgutil import walk_packages

from pydantic.fields import FieldInfo

import app
from app.cli.commands import FLAGS, cli
from app.config.settings import Settings
from app.config.sources import PREFIX
from app.domain.errors import DeskError
from tests import pictures
from tests.conventions.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_INSTALLED = {"screenshots", "deploy"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_readme_names_every_setting_and_no_other() -> None:
    written = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", README))

    assert written == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_readme_explains_every_setting_as_the_code_does() -> None:
    rows = [
        f"| `{PREFIX}{name.upper()}` | {usual(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]

    assert "\n".join(rows) in README


def usual(field: FieldInfo) -> str:
    """The default, as a person would write it."""
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    if field.default_factory:
        return "the user's own"
    return str(field.default) if field.default not in (None, ()) else ""


def test_readme_names_every_command_and_no_other() -> None:
    written = set(re.findall(r"`(?:\.venv/bin/)?ticketdesk ([a-z-]+)", README))

    assert written == set(cli.commands)


def test_readme_holds_the_two_commands_word_by_word() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    for command in (
        "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/ticketdesk",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ):
        assert f"\n{command}\n" in README
        assert command in run


def test_deployment_files_run_the_commands_of_the_readme() -> None:
    deploy = {path.name: path.read_text("utf-8") for path in (ROOT / "assets" / "deploy").iterdir()}
    build, start = re.search(
        r"^(python3 -m venv .*) && (\.venv/bin/ticketdesk)$", README, re.MULTILINE
    ).groups()
    container = deploy["Containerfile"]

    assert f"\nRUN {build}\n" in container
    assert f'\nCMD ["{start}"]\n' in container
    named = {name for text in deploy.values() for name in re.findall(rf"{PREFIX}[A-Z_]+", text)}
    assert named <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    called = {
        name for text in deploy.values() for name in re.findall(r"bin/ticketdesk ([a-z-]+)", text)
    }
    assert called <= set(cli.commands)
    for name, text in deploy.items():
        proxies = name in {"Caddyfile", "nginx.conf", "traefik.yaml"}
        assert not proxies or ("127.0.0.1:8080" in text and "/desk" in text), name


def test_every_setting_but_the_key_is_a_flag() -> None:
    flags = {name.replace("-", "_") for name in FLAGS}

    assert flags == set(Settings.model_fields) - {"api_key"}


def test_changes_have_an_entry_for_this_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entry = changes.split(f"\n## {PROJECT['project']['version']}\n")[1].split("\n## ")[0]

    assert re.search(r"^- \S", entry, re.MULTILINE)


def test_installed_package_carries_every_asset() -> None:
    carried = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    for path in (ROOT / "assets").iterdir():
        if path.name not in NOT_INSTALLED:
            name = f"assets/{path.name}"
            assert carried[name] == f"app/_{name}"


def test_every_error_of_ours_descends_from_one() -> None:
    # The embedded API imports nothing of ours: it stands in for a service elsewhere.
    modules = [
        import_module(found.name)
        for found in walk_packages(app.__path__, "app.")
        if not found.name.startswith(("app.server", "app.__main__"))
    ]
    errors = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__.startswith("app.")
    }

    assert {
        kind.__qualname__
        for kind in errors
        if not issubclass(kind, DeskError) and not kind.__module__.startswith("app.server")
    } == set()


def test_screen_state_loads_no_screen_library() -> None:
    code = "import sys, app.state.inbox, app.state.conversation; print('nicegui' in sys.modules)"

    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, app.cli\n"
        "print([m for m in ('nicegui', 'pydantic', 'sqlalchemy', 'httpx') if m in sys.modules])"
    )

    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_every_picture_of_readme_is_there_and_can_be_taken_again() -> None:
    shown = set(re.findall(r"assets/screenshots/([\w-]+\.png)", README))
    taken = {path.name for path in (ROOT / "assets" / "screenshots").iterdir()}

    assert shown <= taken
    assert {name.removesuffix(".png") for name in taken} == set(pictures.NAMES)
