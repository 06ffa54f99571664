"""What a flow or a model may call: one file per tool, and a literal registry."""
