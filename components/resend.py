"""A page whose line comes back is sent whole once more, whatever was lost with the line."""

from itertools import count

from nicegui import Client

from components.keyed_list import KeyedList


def send_again_when_back(client: Client) -> None:
    """Send every element of the page again each time its line has come back.

    The outbox of NiceGUI numbers and keeps a message only after it was sent: one that is on its way
    when the line comes back is lost, or comes before those that are older, and as equal values are
    not sent twice the page would stay so. What the browser has already, it leaves as it is.

    Source: nicegui 3.18, `Outbox._emit` and `Outbox.try_rewind`.
    """
    lines = count()

    def send_again() -> None:
        if next(lines) == 0:
            return  # the page itself brought everything
        for element in client.elements.values():
            if isinstance(element, KeyedList):
                element.forget_sent()
            element.update()

    client.on_connect(send_again)
