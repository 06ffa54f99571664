"""How customers reach a business: one folder per channel, one row each in ``registry.py``.

A channel turns a provider's webhooks into ``core.inbound`` events, and ``core.content`` parts into requests.
Who owns a conversation, and whether to try again, is decided elsewhere.
"""
