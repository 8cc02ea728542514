"""Notes beside the runs: people and their sessions, places, the clinic."""
