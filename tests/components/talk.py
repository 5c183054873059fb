"""A conversation with everything in it: days, links, pending replies, hostile text."""

from components.data import (
    BeforeSendData,
    ConversationData,
    Fact,
    MessageData,
    NoteBoxData,
    Option,
    OtherDraft,
    OtherTicketData,
    ReviewItemData,
    ReviewQueueData,
    Segment,
    SendReason,
)
from tests.components.samples import SUBJECTS, ago


def says(*texts: str) -> tuple[Segment, ...]:
    return tuple(Segment(text=text, href=text if text.startswith("http") else "") for text in texts)


def message(number: int, side: str, *texts: str, **changes: object) -> MessageData:
    values: dict[str, object] = {
        "id": f"msg_{number:03}",
        "sender": side,
        "side": side,
        "name": {"customer": "Customer", "seller": "You"}.get(side, "system"),
        "segments": says(*texts),
        "created_at": ago(hours=40 - number),
        "created_exact": f"20 January 2025, 10:{number:02}:00",
        "time_label": f"10:{number:02}",
    }
    return MessageData(**(values | changes))  # type: ignore[arg-type]  # names are the class's


HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\n"
    "${document.title} {{ 7*7 }} `x` </script> javascript:alert(1)\n"
    "\u202eright to left override\u202c \u2067isolate\n"
    "H̷̛͎̼̝̳̲̟͙̻̠͙̱̖͙͍̞̹̐͒̿̉̎̀̿̚ę̴̡̢̛̼̟̫̫̗̖͕͇͚̞̺̈́̇͑̑͛̈́̀̽͆͒͋͋̇l̷̢̧̛̟̦̰̠̟͔̟̰̞̯͐͐̓̒̈́̈́̔̈̍̅͠p̵̢̧̝̬̲̳̤̼̱̹̟͙̤̋̓̑̓̀̈́̓͑̅̎̕͠\n" + "unbroken" * 40
)

MANY_LINES = (message(1, "customer", "\n" * 50_000, "http://example.com", "\nend" * 50_000),)
LINKS = (
    message(1, "customer", "https://example.com/a"),
    message(2, "customer", "https://\u0430pple.example/login"),
    message(3, "customer", "https://example.com@shop.example/a"),
)

MESSAGES = (
    message(1, "customer", "Hello,\n\nI haven't received my order yet. I paid two days ago, the "
            "money is gone from my account and there is no key in my mailbox. Could you look?",
            day_label="20 January"),
    message(2, "seller", "Let me check on that for you."),
    message(3, "customer", HOSTILE, day_label="Yesterday"),
    message(4, "customer", "مرحبا، لم يصلني الطلب حتى الآن. شكرا لكم على المساعدة."),
    message(5, "other", "Imported from the old system."),
    message(6, "customer", "See ", "https://xn--pple-43d.example/login?a=b", " and ",
            "http://example.com", ".", more_label="Show all (12,345 more characters)"),
    message(7, "seller", "Your order has been resent. Please check your e-mail.",
            day_label="Today"),
    message(8, "seller", "And here is the invoice.", reply_id="r1", state="sending",
            state_label="Sending"),
    message(9, "seller", "Did it arrive?", reply_id="r2", state="unconfirmed", state_tone="waiting",
            state_label="Not confirmed: check",
            actions=(Option(value="check", label="Check again"),
                     Option(value="resend", label="Send again"),
                     Option(value="draft", label="Keep as draft"))),
    message(10, "seller", "One more thing.", reply_id="r3", state="refused", state_tone="late",
            state_label="Not sent. The reply was refused.",
            actions=(Option(value="resend", label="Send again"),)),
)  # fmt: skip

REVIEW_QUEUE = ReviewQueueData(
    title="3 replies need your review",
    recheck_all=True,
    items=tuple(
        ReviewItemData(
            reply_id=f"r{number}",
            ticket_id=f"tkt_{number:04}",
            subject=SUBJECTS[number],
            customer="anna@example.com",
            text=text,
            written_at=ago(minutes=12),
            written_exact="20 January 2025, 12:30:00",
            state=state,
            state_label=label,
            actions=MESSAGES[8].actions,
        )
        for number, (text, state, label) in enumerate(
            (
                ("Hello,\n\nyour key is resent.", "unconfirmed",
                 "Not confirmed: check. The ticket does not show it. Last looked at 12:31."),
                (HOSTILE, "refused", "Not sent. The Tickets API refused it."),
                ("We refund it today.", "waiting", "Not sent yet. The customer wrote again."),
            )
        )
    ),
)  # fmt: skip

OTHER_DRAFT = OtherDraft(number=7, text=f"Hello,\n\n{HOSTILE}\n" + "A long line of it. " * 30)

BEFORE_SEND = BeforeSendData(
    reasons=(
        SendReason(text="Ana answered 5 s ago, since you began to write:", quote=HOSTILE),
        SendReason(text="Ben has this ticket."),
    ),
    then_close=True,
)

FACTS = (
    Fact(label="Customer", value="anna@example.com", copy="anna@example.com",
         href="/?q=from%3Aanna%40example.com"),
    Fact(label="Order", value="ord_xyz789", copy="ord_xyz789"),
    Fact(label="Invoice", value="INV-12345", copy="INV-12345"),
    Fact(label="Product", value="Premium License with a long name", copy="Premium License"),
    Fact(label="Amount", value="$29.99", copy="29.99"),
    Fact(label="Created", value="20 Jan, 10:00", copy="2025-01-20T10:00:00Z", exact="20 January"),
    Fact(label="Updated", value="20 Jan, 12:30", copy="2025-01-20T12:30:00Z"),
    Fact(label="Ticket", value="tkt_0000", copy="tkt_0000", link="/?ticket=tkt_0000"),
)  # fmt: skip


def private_note(number: int, *texts: str, **changes: object) -> MessageData:
    about = "on the customer, " if changes else ""
    return message(number, "private", *texts, id=f"note {number}", sender="", note=number,
                   name=f"Private note {about}only on this desk \N{MIDDLE DOT} Ana",
                   actions=(Option(value="ask", label="Remove"),), **changes)  # fmt: skip


NOTED = {
    "messages": (*MESSAGES, private_note(11, "Paid twice, see https://shop.example.com/1.")),
    "customer_notes": (private_note(12, HOSTILE, more_label="Show all (300 more characters)"),),
    "note_box": NoteBoxData(
        ticket_id="tkt_0000",
        may_add=True,
        customer="anna@example.com",
        is_begun=True,
        problem="The private note has 20,500 characters, the limit is 20,000. Shorten it.",
    ),
}
"""with private notes, and one that was not added"""


def conversation(number: int = 0, **changes: object) -> ConversationData:
    values: dict[str, object] = {
        "ticket_id": f"tkt_{number:04}",
        "subject": SUBJECTS[number % len(SUBJECTS)],
        "status_label": "Needs response",
        "tone": "waiting",
        "facts": FACTS,
        "messages": MESSAGES,
        "earlier": 40,
        "others": (
            OtherTicketData(id="tkt_0003", subject="Charged twice", status_label="Closed",
                            tone="closed", updated_at=ago(days=3)),
            OtherTicketData(id="tkt_0004", subject=SUBJECTS[8], status_label="Open", tone="idle",
                            updated_at=ago(days=9)),
        ),
        "others_label": "2 other tickets, 1 open",
        "send_to": "anna@…",
        "reply_limit": 40_000,
        "status_action": "Close ticket",
    }  # fmt: skip
    return ConversationData(**(values | changes))  # type: ignore[arg-type]  # names are the class's
