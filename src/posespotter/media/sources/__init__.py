"""What gives pictures: files, numbered frames, cameras, streams, and what a program hands over."""
