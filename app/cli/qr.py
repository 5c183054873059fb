"""An address as a QR code in the terminal."""

import sys

import click
import segno

COLUMNS, LINES = 80, 22
"""what a small terminal has beside the address itself"""


def show_qr(address: str) -> None:
    """Print the code of an address, where somebody looks at a terminal that has room for it."""
    if not sys.stdout.isatty():
        return
    code = segno.make_qr(address, error="l")  # never a Micro QR, which few readers know
    if code.symbol_size(border=1)[0] <= min(COLUMNS, 2 * LINES):
        # Half blocks: two rows a line; a border of one is what fits into a terminal's 24 lines.
        code.terminal(out=sys.stdout, border=1, compact=True)
        click.echo()
