"""What holds for the source as a whole. Reads files; starts no servers."""
