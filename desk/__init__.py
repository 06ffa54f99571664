"""What people do: staff, builders and owners. Each use-case takes the ports it needs by name; storage is elsewhere."""
