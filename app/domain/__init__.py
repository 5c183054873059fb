"""Nouns and rules of the desk: pure, without files, sockets or screens."""
