"""Knowledge without a model: importers make chunks of documents, an index finds the chunk that answers. All pure."""
