"""The edge: HTTP by aiohttp, and the groups of the command line. ``server.py`` composes; nothing below knows HTTP."""
