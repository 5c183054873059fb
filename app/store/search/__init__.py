"""Which tickets a filter matches, answered from the mirror."""
