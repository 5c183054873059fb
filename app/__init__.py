"""Ticketdesk: a desk on which sellers answer their customers' support tickets."""

from importlib.metadata import version

__version__ = version("ticketdesk")
