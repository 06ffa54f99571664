"""The vocabulary that every other package speaks: ids, nouns, events, errors, ports and pure policy.

Nothing here does input or output, and nothing here imports another package of ours.
"""
