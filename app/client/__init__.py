"""The Tickets API as documented: typed, cached, budgeted, and tolerant in what it reads."""
