"""The embedded Tickets API: the document's four endpoints over a real database."""
