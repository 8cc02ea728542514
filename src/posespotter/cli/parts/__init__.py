"""What several commands share: options, tables, progress, and where results are kept."""
