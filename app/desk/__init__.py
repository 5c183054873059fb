"""The counter: every screen asks questions and gives orders here."""
