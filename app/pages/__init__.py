"""The pages: each lays a tab out and ties its state to the components that draw it."""
