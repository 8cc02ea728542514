"""Several sessions: all of them over time, and whether they can be of one person."""
