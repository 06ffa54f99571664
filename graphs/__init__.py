"""Flow documents: their schema, their lint, and how they become a LangGraph state machine. Sends and stores nothing."""
