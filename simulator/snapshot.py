"""Render the simulator's state as JSON for the phone page and the control API. Tokens never appear here."""

from dataclasses import asdict
from datetime import datetime

from simulator.ledger import Exchange, Refused, Sent
from simulator.state import Account, Json, Message, Thread


def account_view(account: Account) -> Json:
    """Describe an account without its tokens."""
    return {
        "channel": account.channel,
        "id": account.id,
        "name": account.name,
        "display": account.display,
        "username": account.username,
    }


def message_view(message: Message) -> Json:
    """Describe one bubble."""
    return {
        "id": message.id,
        "author": message.author,
        "kind": message.kind,
        "view": message.view,
        "at": message.at.isoformat(),
        "options": [asdict(option) for option in message.options],
        "status": message.status,
        "reactions": {author.value: emoji for author, emoji in message.reactions.items()},
        "error": message.error,
    }


def thread_view(thread: Thread, now: datetime) -> Json:
    """Describe one phone: who holds it, what is on it, whether the business is typing."""
    person = thread.person
    return {
        "account": thread.account.id,
        "channel": thread.account.channel,
        "person": {
            "id": person.id,
            "name": person.name,
            "username": person.username,
            "phone": person.phone,
            "bsuid": person.bsuid,
            "blocked": person.blocked,
        },
        "messages": [message_view(m) for m in thread.messages],
        "typing_until": thread.typing_until.isoformat() if thread.typing_until else None,
        "last_inbound_at": thread.last_inbound_at.isoformat() if thread.last_inbound_at else None,
        "now": now.isoformat(),
    }


def exchange_view(exchange: Exchange) -> Json:
    """Describe one line of the raw log."""
    return {**asdict(exchange), "at": exchange.at.isoformat(), "failed": exchange.failed}


def sent_view(sent: Sent) -> Json:
    """Describe an accepted send; of its headers only those that say nothing secret."""
    return {
        "account": sent.account,
        "channel": sent.channel,
        "customer": sent.customer,
        "body": sent.body,
        "text": sent.text,
        "id": sent.id,
        "at": sent.at.isoformat(),
    }


def refused_view(refused: Refused) -> Json:
    """Describe a refused request, likewise without secrets."""
    return {
        "account": refused.account,
        "path": refused.path,
        "body": refused.body,
        "status": refused.status,
        "error": refused.error,
        "at": refused.at.isoformat(),
    }
