"""`python -m app` is the command `ticketdesk`."""

from app.cli import main

main()
