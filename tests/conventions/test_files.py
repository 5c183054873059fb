"""What no linter says: lengths, words and patterns that must not appear."""

import ast
import re
from itertools import chain

import pytest

from tests.conventions.tree import ROOT, all_written, code_files, name_of

# Each of these once ran a script out of a customer's text, or would.
BECOMES_CODE = {"props", "style", "add_slot", "run_javascript", "add_head_html", "add_body_html"}
DANGEROUS = {
    "HTML that is not cleaned": re.compile(r"sanitize\s*=\s*False|\bhtml\s*=\s*True"),
    "HTML made in the browser": re.compile(r"\bv-html\b|\binnerHTML\b|\bouterHTML\b"),
}

PUTS_HTML_IN = {"components/elements.py", "assets/desk.js"}
"""The two that put into the page what `components/html.py` made."""

FOREIGN = {
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(work|home|root|tmp|Users)/\w"),
    "the host of a package registry": re.compile(
        r"pypi\.org|pythonhosted|npmjs|unpkg\.com|jsdelivr|cdnjs", re.IGNORECASE
    ),
}

RAW_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b|\b(?:rgb|hsl)a?\(")


def test_nothing_makes_markup_from_values() -> None:
    sources = chain(code_files(".py", ".js", below=("app", "components", "assets")))

    assert [
        f"{name_of(path)}: {what}"
        for path in sources
        for what, pattern in DANGEROUS.items()
        if name_of(path) not in PUTS_HTML_IN and pattern.search(path.read_text(encoding="utf-8"))
    ] == []


def test_html_is_made_of_templates_that_are_written_out() -> None:
    """`html` escapes its values, not its template; `Html` and `Markup` escape nothing."""
    assert [
        f"{name_of(path)}:{line}"
        for path in code_files(".py", below=("app", "components"))
        if path.name != "html.py"
        for line in made_of_values(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    "call", ["html(text)", "html(f'<b>{text}</b>')", "html('<b>' + x)", "Markup(x)", "Html(x)"]
)
def test_html_made_of_values_would_be_found(call: str) -> None:
    assert made_of_values(call) == [1]


def made_of_values(source: str) -> list[int]:
    """The lines on which HTML is made of something else than a constant and escaped values."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and (
            call.func.id in {"Html", "Markup"}
            or (call.func.id == "html" and not isinstance(call.args[0], ast.Constant))
        )
    ]


def test_no_amounts_are_added_up() -> None:
    adding = re.compile(r"\bsum\([^)]*amount|amount[^=\n]*\+=|SUM\(.*amount", re.IGNORECASE)

    assert [
        name_of(path)
        for path in code_files(".py", ".sql", below=("app", "components"))
        if adding.search(path.read_text(encoding="utf-8"))
    ] == []


def test_no_value_is_written_into_code_of_the_screen() -> None:
    assert [
        f"{name_of(path)}:{line}"
        for path in code_files(".py", below=("app", "components"))
        for line in built_code(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    "call",
    [
        "x.props(f'title={a}')",
        "x.style('a' + b)",
        "t.add_slot('body', f'<b>{x}</b>')",
        "ui.run_javascript('a(%s)' % b)",
        "x.props('a={}'.format(b))",
    ],
)
def test_value_in_code_of_the_screen_would_be_found(call: str) -> None:
    assert built_code(call) == [1]


def built_code(source: str) -> list[int]:
    """The lines on which text that becomes code is put together instead of written out."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in BECOMES_CODE
        and any(is_built(given) for given in (*call.args, *(k.value for k in call.keywords)))
    ]


def is_built(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"format", "replace", "join"}
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def test_nothing_names_one_machine_or_a_registry() -> None:
    own = ROOT / "tests" / "conventions"

    assert [
        f"{name_of(path)}: {what}"
        for path in all_written()
        if own not in path.parents
        for what, pattern in FOREIGN.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ] == []


def test_raw_colours_live_in_the_theme_alone() -> None:
    sources = chain(code_files(".py", ".js", ".css", below=("app", "components", "assets")))

    assert [
        name_of(path)
        for path in sources
        if name_of(path) != "components/theme.py"
        and RAW_COLOUR.search(path.read_text(encoding="utf-8"))
    ] == []


def test_steps_of_a_schema_have_numbers_of_their_own() -> None:
    for schema in {step.parent for step in (ROOT / "app" / "store").rglob("[0-9]*.sql")}:
        numbers = [int(file.name[:3]) for file in sorted(schema.glob("*.sql"))]

        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_every_line_break_is_the_same() -> None:
    assert [name_of(path) for path in all_written() if b"\r" in path.read_bytes()] == []


FIELDS = {"input", "textarea", "select"}


def test_no_field_is_given_a_value_that_would_be_put_back_at_each_change() -> None:
    """nicegui 3.18.0: every change on a page draws all of it, and Vue then writes each `value`."""
    assert [
        f"{name_of(path)}:{line}"
        for path in code_files(".py", below=("app", "components"))
        for line in fields_with_a_value(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    "call", ["Field('input', 'change', f, value='x')", "Box('input', value=x)"]
)
def test_field_with_a_value_would_be_found(call: str) -> None:
    assert fields_with_a_value(call) == [1]


def fields_with_a_value(source: str) -> list[int]:
    """The lines on which a field somebody types into is given its text as a prop."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value in FIELDS
        and any(named.arg == "value" for named in call.keywords)
    ]
