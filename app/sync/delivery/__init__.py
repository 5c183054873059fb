"""Sending what the outbox holds, and reading until the ticket shows it."""
