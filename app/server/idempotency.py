"""Answers given before: a reply that comes twice under one Idempotency-Key is added once."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import Header
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.server.contract import TicketResponse
from app.server.errors import KeyReusedError
from app.server.tables import given_answers

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Names this reply: sent again under the same key it is added only once.",
    ),
]

RETENTION = timedelta(days=30)


def stored_response(
    connection: Connection, *, key: str, ticket_id: str, text: str
) -> TicketResponse | None:
    """What was answered to this request under `key`, None if it is new.

    Raises: KeyReusedError when the key belongs to another request.
    """
    columns = given_answers.c
    row = connection.execute(
        select(columns.request_digest, columns.answer).where(columns.idempotency_key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.request_digest != _digest(ticket_id, text):
        raise KeyReusedError
    return TicketResponse.model_validate_json(row.answer)


def store_response(
    connection: Connection, answer: TicketResponse, *, key: str, text: str, now: datetime
) -> None:
    """Store `answer` under `key`, and delete those that are older than `RETENTION`.

    Raises: KeyReusedError when another ticket's reply took the key a moment ago.
    """
    columns = given_answers.c
    connection.execute(delete(given_answers).where(columns.created_at < now - RETENTION))
    row = insert(given_answers).values(
        idempotency_key=key,
        request_digest=_digest(answer.data.id, text),
        answer=answer.model_dump_json(),
        created_at=now,
    )
    try:
        connection.execute(row)
    except IntegrityError:
        raise KeyReusedError from None


def _digest(ticket_id: str, text: str) -> str:
    return sha256(f"{ticket_id}\n{text}".encode()).hexdigest()
