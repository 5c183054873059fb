"""Every refusal has one shape, the right status and one clear sentence."""

import httpx
import pytest

from app.server.repository import TicketStore
from tests.server.workbench import a_ticket

JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message"]
    assert body["error"]["message"].endswith(".")
    return answer.status_code, body["error"]["code"]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/ticket", "/v1/tickets/", "/v1/tickets/a/b", "/v2/tickets", "/"]
)
async def test_unknown_address_is_404(client: httpx.AsyncClient, path: str) -> None:
    assert problem(await client.get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/v1/tickets", "GET"),
        ("DELETE", "/v1/tickets", "GET"),
        ("PUT", "/v1/tickets/tkt_1", "GET, PATCH, POST"),
        ("DELETE", "/v1/tickets/tkt_1", "GET, PATCH, POST"),
        ("OPTIONS", "/v1/tickets/tkt_1", "GET, PATCH, POST"),
    ],
)
async def test_wrong_method_is_405_and_names_the_right_ones(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)

    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"{",
            b"message=hi",
            b'{"message": "hi"',
            b"\xff\xfe",
            b"nul",
            b'{"message": "\x01"}',
        ),
        *(b"[" * 200_000, b'{"message": ' + b"9" * 5_000 + b"}"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_body_that_is_not_json_is_400(
    client: httpx.AsyncClient, store: TicketStore, method: str, body: bytes
) -> None:
    path = f"/v1/tickets/{a_ticket(store).id}"

    answer = await client.request(method, path, content=body, headers=JSON)

    assert problem(answer) == (400, "bad_json")


async def test_body_of_another_content_type_is_400_and_says_so(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    path = f"/v1/tickets/{a_ticket(store).id}"

    answer = await client.post(path, data={"message": "hi"})

    assert problem(answer) == (400, "bad_json")
    assert "application/json" in answer.json()["error"]["message"]


async def test_body_without_a_content_type_is_read_as_json(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    answer = await client.post(f"/v1/tickets/{a_ticket(store).id}", content=b'{"message": "hi"}')

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        *("null", "[]", '"hi"', "7", "{}", '{"text": "hi"}', '{"message": null}'),
        *('{"message": 7}', '{"message": ["hi"]}', '{"message": {"text": "hi"}}'),
        *('{"message": "hi", "status": "closed"}', r'{"message": "hi", "\ud800": 1}'),
        *('{"Message": "hi"}', '{"message": true}', '{"message": NaN}'),
    ],
)
async def test_reply_with_a_wrong_field_is_422(
    client: httpx.AsyncClient, store: TicketStore, body: str
) -> None:
    ticket = a_ticket(store)

    answer = await client.post(f"/v1/tickets/{ticket.id}", content=body, headers=JSON)

    assert problem(answer) == (422, "bad_field")
    assert store.ticket(ticket.id).data == ticket


@pytest.mark.parametrize(
    "body",
    [
        *("null", "[]", "{}", '{"status": null}', '{"status": "pending"}', '{"status": "Closed"}'),
        *('{"status": ["closed"]}', '{"status": "closed", "subject": "x"}', '{"state": "closed"}'),
    ],
)
async def test_status_change_with_a_wrong_field_is_422(
    client: httpx.AsyncClient, store: TicketStore, body: str
) -> None:
    ticket = a_ticket(store)

    answer = await client.patch(f"/v1/tickets/{ticket.id}", content=body, headers=JSON)

    assert problem(answer) == (422, "bad_field")
    assert store.ticket(ticket.id).data == ticket


async def test_refusal_names_the_known_field_and_no_foreign_text(
    client: httpx.AsyncClient, store: TicketStore
) -> None:
    path = f"/v1/tickets/{a_ticket(store).id}"

    bodies = ["{}", '{"message": "hi", "<script>": 1}', r'{"message": "hi", "\ud800": 1}', "[]"]
    answers = [await client.post(path, content=body, headers=JSON) for body in bodies]
    said = [answer.json()["error"]["message"] for answer in answers]

    assert said[0] == "message: Field required."
    assert said[1] == "The body holds a field that is not known here."
    assert all(sentence.startswith("The body") for sentence in said[1:])
