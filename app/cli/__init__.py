"""The command `ticketdesk`, one module for each part of it that is more than a few lines."""

from app.cli.commands import main

__all__ = ["main"]
