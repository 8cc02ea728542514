"""Parts of several commands: options, tables, progress, and where results are kept."""
