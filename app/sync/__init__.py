"""Moves data between the Tickets API and the local copy; the only floor that calls the client."""
