"""What gives pictures: files, numbered frames, cameras, streams, and what a program hands over."""

from posespotter.media.sources.opening import open_source

__all__ = ["open_source"]
