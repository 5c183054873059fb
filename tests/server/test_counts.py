"""The kept counts can be taken anew from the tickets."""

from sqlalchemy import Engine, text

from app.server.counts import count_again
from app.server.database import writing
from app.server.repository import TicketStore
from tests.server.workbench import a_ticket


def test_counting_again_finds_what_was_kept(store: TicketStore, engine: Engine) -> None:
    for status in ("open", "closed", "open"):
        store.set_status(a_ticket(store).id, status)
    kept = store.stats()
    with writing(engine) as connection:
        connection.execute(text("UPDATE ticket_counts SET tickets = 99"))

    with writing(engine) as connection:
        count_again(connection)

    assert store.stats() == kept
    assert (kept.total, kept.open, kept.closed, kept.needs_response) == (3, 2, 1, 2)
