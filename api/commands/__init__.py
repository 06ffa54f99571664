"""The groups of the ``frontdesk`` command. They get everything through ``Console``; ``server.py`` makes that."""
