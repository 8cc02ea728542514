"""Inspection of files from strangers, where they can do no harm."""
