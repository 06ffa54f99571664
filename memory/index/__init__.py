"""The blind index: which words, names and numbers stand where, kept as keyed hashes (ENGINE rule 34)."""
