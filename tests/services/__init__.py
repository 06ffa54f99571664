"""Private servers for tests: PostgreSQL, Redis and Chromium, started on first use and gone when the run ends.

What a test may ask for stands in `tests/conftest.py`. Nothing here knows the product.
"""
