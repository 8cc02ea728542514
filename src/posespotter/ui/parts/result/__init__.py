"""What pages show of a run: its video, what was found, its joints, its files."""
