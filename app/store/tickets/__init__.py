"""The mirror: the local copy of all tickets, and what may change it."""
