"""Others' servers on the same fixed reply: installed from PyPI and run; nothing of theirs is kept here."""
