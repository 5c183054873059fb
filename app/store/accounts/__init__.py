"""Who may come in: users, sessions, guesses and what was done, in a file of the data folder."""
