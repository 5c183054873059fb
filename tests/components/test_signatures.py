"""What NiceGUI asks of its own callbacks while it builds elements."""

import inspect

import pytest
from nicegui.helpers import functions

from components.elements import Box
from components.signatures import remember_signatures
from tests.components.user import showing


async def test_signature_of_a_callback_is_read_once_for_however_many_elements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remember_signatures()
    read: list[object] = []

    def signature(func: object) -> inspect.Signature:
        read.append(func)
        return inspect.signature(func)  # type: ignore[arg-type]

    def build() -> None:
        Box()  # whatever is asked for the first time
        monkeypatch.setattr(functions, "signature", signature)
        for _ in range(20):
            Box()

    async with showing(build):
        methods = [func for func in read if inspect.ismethod(func)]
        assert methods == []


class _Callbacks:
    """Two methods, and one that NiceGUI would give the event."""

    def plain(self) -> None: ...

    def with_event(self, event: object) -> None: ...


def test_answer_is_each_functions_own() -> None:
    remember_signatures()
    from nicegui import helpers  # noqa: PLC0415  # as it stands now

    for callbacks in (_Callbacks(), _Callbacks()):
        assert not helpers.expects_arguments(callbacks.plain)
        assert helpers.expects_arguments(callbacks.with_event)
    assert helpers.expects_arguments(lambda event: event)
    assert not helpers.expects_arguments(lambda: None)
