"""The outbox and whatever else exists nowhere but here: drafts, settings."""
