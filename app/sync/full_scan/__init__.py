"""Reading the whole list, again and again, while it moves."""
