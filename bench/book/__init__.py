"""The same business built by the book: LangGraph as its documentation shows it, for the comparison."""
