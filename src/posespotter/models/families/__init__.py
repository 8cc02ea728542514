"""One module for each family of models: what its files take and give."""
