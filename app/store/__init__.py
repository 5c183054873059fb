"""The local database: the mirror of all tickets, and what exists only on this desk."""
