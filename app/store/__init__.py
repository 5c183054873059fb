"""The local database: the copy of all tickets, and what exists only on this desk."""
