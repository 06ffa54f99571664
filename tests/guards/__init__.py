"""Proof that the engine's guards are tested: each is taken out in turn, and its test must fail (``make guards``)."""
