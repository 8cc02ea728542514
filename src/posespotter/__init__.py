"""PoseSpotter: find the people in photos, videos and camera streams, follow them, and tell how they move."""

__version__ = "0.1.0"
