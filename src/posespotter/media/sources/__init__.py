"""Sources of pictures: files, numbered frames, cameras, streams, and frames that a program hands over."""

from posespotter.media.sources.opening import open_source

__all__ = ["open_source"]
