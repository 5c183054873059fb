"""The steps lead from an empty database to the tables the code speaks of."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import app.server.migrations
from app.server.migrations import CURRENT, schema_version
from app.server.tables import metadata


def test_steps_lead_to_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []


def test_current_is_the_newest_step(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(app.server.migrations.__file__).parent))
    script = ScriptDirectory.from_config(config)

    assert script.get_heads() == [CURRENT]
    with engine.connect() as connection:
        assert schema_version(connection) == CURRENT
