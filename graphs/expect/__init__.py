"""Parsers that take an answer out of what a customer typed, each able to say no."""
