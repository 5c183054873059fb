import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import components
from components import part_bundle
from components.part_bundle import parts_bundle
from components.vue_component import VueComponent

SCRIPTS = sorted(
    path
    for path in Path(part_bundle.__file__).parent.glob("*.js")
    if path.name not in part_bundle.OWN
)


def test_every_script_is_in_the_bundle_under_its_name() -> None:
    bundle = parts_bundle().decode()

    assert re.findall(r"^parts\.(\w+) = ", bundle, re.MULTILINE) == [p.stem for p in SCRIPTS]


def test_the_bundle_is_one_module_with_one_import_and_one_export() -> None:
    lines = parts_bundle().decode().splitlines()

    assert [line for line in lines if line.startswith(("import", "export"))] == [
        'import * as Vue from "vue";',
        "export default parts;",
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_written_as_the_bundle_needs_it(script: Path) -> None:
    source = script.read_text("utf-8")
    imports = re.findall(r"^import.*", source, re.MULTILINE)

    assert len(re.findall(r"^export default ", source, re.MULTILINE)) == 1
    assert [i for i in imports if not re.fullmatch(r'import \{ [\w, ]+ \} from "vue";', i)] == []
    assert [i for i in imports if " as " in i] == []


def test_every_part_draws_by_a_script_that_exists() -> None:
    for module in pkgutil.iter_modules(components.__path__, "components."):
        importlib.import_module(module.name)
    drawn = {part._script for part in VueComponent.__subclasses__()}

    assert drawn == {path.stem for path in SCRIPTS}
