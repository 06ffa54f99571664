"""The chat panel on the business's own website."""
