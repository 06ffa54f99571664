"""Fault injection: the real processes under load, killed, cut off and misled, judged from outside."""
