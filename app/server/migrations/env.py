"""Run by Alembic: applies the steps on the connection it was handed, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
