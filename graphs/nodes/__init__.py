"""One executor per file; ``registry.py`` lists them."""
