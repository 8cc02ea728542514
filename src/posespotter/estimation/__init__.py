"""People in pictures, videos and live frames: detection, tracking and joints."""
