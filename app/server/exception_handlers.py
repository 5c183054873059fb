"""Turns what the framework refuses into the API's own words, status and shape."""

from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.server.contract import Choices
from app.server.errors import (
    BadFieldError,
    BadJsonError,
    BadParameterError,
    RequestError,
    error_response,
)

_WORDS = {
    400: ("bad_json", "The body cannot be read as JSON."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
}
_FIELDS = {"message", "status"}
_PARAMETERS = {
    "page": "page must be a whole number from 1.",
    "limit": "limit must be a whole number from 1.",
    "status": "status must be open or closed.",
    "idempotency-key": "Idempotency-Key must be 1 to 255 visible ASCII characters.",
}


def add_exception_handlers(api: FastAPI, choices: Choices) -> None:
    """Answer every error of `api` in the shape that was chosen."""
    api.add_exception_handler(
        RequestValidationError, partial(_handle_validation_error, choices=choices)
    )
    api.add_exception_handler(HTTPException, partial(_handle_http_error, choices=choices))


async def _handle_http_error(request: Request, error: Exception, *, choices: Choices) -> Response:
    if isinstance(error, RequestError):
        return error.response(choices)
    if not isinstance(error, HTTPException):
        raise error
    code, message = _WORDS.get(error.status_code, ("refused", "The request was refused."))
    headers = dict(error.headers or {})
    if error.status_code == 405 and request.url.path.startswith("/v1/tickets/"):
        headers["Allow"] = "GET, PATCH, POST"  # the framework names the first route's alone
    return error_response(error.status_code, code, message, headers=headers, choices=choices)


async def _handle_validation_error(
    request: Request, error: Exception, *, choices: Choices
) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return (await _problem(request, error)).response(choices)


async def _problem(request: Request, error: RequestValidationError) -> RequestError:
    first = error.errors()[0]
    if first["loc"][0] != "body":
        return BadParameterError(_PARAMETERS[str(first["loc"][1]).lower()])
    if not await request.body():
        return BadJsonError("The body is empty. Send a JSON object.")
    if first["type"] == "json_invalid":
        return BadJsonError("The body is not JSON.")
    if isinstance(error.body, bytes):
        return BadJsonError("The body is not JSON. Send it with Content-Type: application/json.")
    return BadFieldError(_sentence(first))


def _sentence(error: dict[str, Any]) -> str:
    """Own words around known names only: a name that was sent may be anything."""
    if error["type"] == "extra_forbidden":
        return "The body holds a field that is not known here."
    name = error["loc"][-1]
    reason = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{name if name in _FIELDS else 'The body'}: {reason}."
