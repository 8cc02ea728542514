"""Parts of pages that show a run: its video, its findings, its joints, its files."""
