"""Charts and pages: what was measured, to read, keep and print."""
