"""A user of a desk that runs, signed in for every profile of a measurement."""

import json
from pathlib import Path

import httpx

from tests.e2e.desk import Running, command

NAME, PASSWORD = "Ana", "correct horse battery"


def sign_in(desk: Running) -> Path:
    """Add the desk's first user and sign in; the file of a browser's state with that session."""
    done = command(
        *("user", "add", NAME),
        cwd=desk.folder,
        typed=f"{PASSWORD}\n",
        TICKETDESK_DATA_DIR=str(desk.folder / "data"),
    )
    assert done.returncode == 0, done.stderr
    form = {"name": NAME, "password": PASSWORD}
    with httpx.Client(base_url=desk.url, headers={"Origin": desk.url}, timeout=30) as visitor:
        while visitor.get("/").status_code != httpx.codes.UNAUTHORIZED:
            pass  # until the desk has seen that it has a user
        visitor.post("/sign-in", data=form)
        state = {"cookies": [_kept(name, value) for name, value in visitor.cookies.items()]}
    assert state["cookies"], "The sign-in gave no session."
    file = desk.folder / "browser.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    return file


def _kept(name: str, value: str) -> dict[str, object]:
    """A cookie of this machine, which every port of it is sent."""
    return {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
