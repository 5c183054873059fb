"""Everything the API answers that is not a success: one shape, one class for each reason."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.server.contract import Choices


class RequestError(HTTPException):
    """A request that is not fulfilled; the message is for a person and quotes no secret."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal"

    def __init__(self, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(self.status, message, headers)

    def response(self, choices: Choices) -> Response:
        """This problem as the API sends it."""
        return error_response(
            self.status, self.code, self.detail, headers=self.headers, choices=choices
        )


class BadJsonError(RequestError):
    """The body is not JSON at all."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_json"


class BadParameterError(RequestError):
    """A parameter of the address or a header has a wrong value."""

    status = HTTPStatus.BAD_REQUEST
    code = "bad_parameter"


class WrongKeyError(RequestError):
    """The request carries no key or not the right one."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__(
            "The API key is missing or wrong. Send it as: Authorization: Bearer sg_live_...",
            headers={"WWW-Authenticate": "Bearer"},
        )


class UnknownTicketError(RequestError):
    """No ticket has this id."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no ticket with this id.")


class TicketClosedError(RequestError):
    """The ticket is closed and takes no reply; only where a test asks for this choice."""

    status = HTTPStatus.CONFLICT
    code = "ticket_closed"

    def __init__(self) -> None:
        super().__init__("The ticket is closed. Reopen it, then reply.")


class BodyTooLargeError(RequestError):
    """The body is larger than the API reads.

    Args:
        limit: in bytes.
    """

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit // 1024} kB. Send less.")


class BadFieldError(RequestError):
    """The body is JSON, but a field is missing, unknown or of a wrong kind."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_field"


class KeyReusedError(RequestError):
    """An Idempotency-Key came back with another request."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another reply. Use a new key for a new reply."
        )


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    headers: Mapping[str, str] | None = None,
    choices: Choices,
) -> Response:
    """An error in the shape that was chosen."""
    body: object
    match choices.error_shape:
        case "nested":
            body = {"error": {"code": code, "message": message}}
        case "string":
            body = {"error": message}
        case "message":
            body = {"message": message}
        case "list":
            body = {"errors": [message]}
        case "html":
            return HTMLResponse(f"<html><body><h1>{message}</h1></body></html>", status)
        case "empty":
            return Response(status_code=status)
        case "disguised":
            return JSONResponse({"success": False, "error": message})
    return JSONResponse(body, status_code=status, headers=headers)
