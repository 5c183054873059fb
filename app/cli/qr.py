"""An address as a QR code in the terminal."""

import sys

import click
import segno

COLUMNS = 80


def show_qr(address: str) -> None:
    """Print the code of an address, where somebody looks at a terminal that has room for it."""
    if not sys.stdout.isatty():
        return
    code = segno.make_qr(address, error="l")  # never a Micro QR, which few readers know
    if code.symbol_size(border=1)[0] <= COLUMNS:
        # Half blocks: 22 lines at most; a border of one is what fits into a terminal's 24.
        code.terminal(out=sys.stdout, border=1, compact=True)
        click.echo()
