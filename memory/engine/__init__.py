"""The store behind the runtime's ports: intake, work, commit, door, receipts, checkpoints."""
