"""All scripts beside the components as one module, so that a first visit asks once for all."""

import re
from pathlib import Path

NAME = "desk-parts"
"""what `part.js` imports the module as"""
OWN = frozenset({"part.js", "keyed_list.js", "ticket_rows.js", "message_list.js", "reply_form.js"})
"""what the framework asks for by an address of its own, and what draws the others"""

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "vue";$', re.MULTILINE)
_EXPORT = re.compile(r"^export default ", re.MULTILINE)


def parts_bundle() -> bytes:
    """The module: its default export has each component under the name of its file."""
    files = sorted(Path(__file__).parent.glob("*.js"))
    blocks = (_block(file) for file in files if file.name not in OWN)
    return "\n".join(
        ('import * as Vue from "vue";', "const parts = {};", *blocks, "export default parts;\n")
    ).encode()


def _block(file: Path) -> str:
    """One script in a block of its own, where its names meet nobody else's."""
    source = _IMPORT.sub(r"const \1 = Vue;", file.read_text(encoding="utf-8"))
    return "{\n" + _EXPORT.sub(f"parts.{file.stem} = ", source) + "}"
