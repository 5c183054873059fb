"""The schema's history: one file for each step in `versions`, run from code."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

CURRENT = "0001"
"""the newest step; a database that names it is not touched"""


def schema_version(connection: Connection) -> str | None:
    """The step a database stands at, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Bring the schema to `CURRENT`, inside the transaction of `connection`."""
    # Alembic costs 0.1 s to import and is needed once in the life of a database.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
