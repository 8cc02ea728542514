"""Limits for clients of the application: of time, of memory, of the camera."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServerLimits:
    """The limits of the server for each client.

    Attributes:
        head_s: a connection without a request at work is closed when the head of one has not come in so many seconds.
        body_silent_s: an upload of which nothing comes for so long is given up.
        message_bytes: of one message over any socket: a picture of the webcam (`live.limits.LIMITS.jpeg_bytes`) with
            its header; what Streamlit's pages say is far smaller. A larger one closes the socket with code 1009 before
            its content is read.
        ping_s: between two signs of life that a socket asks for; less than proxies wait before they close a silent
            connection (nginx: 60).
        webcams: pages with a camera at once: more would get so few pictures a second each that nobody is served.
        webcam_silent_s: a page with a camera of which nothing comes for so long is taken for gone.
        closed_tab_s: a tab that comes back within this time finds everything as it was.
        end_within_s: from Ctrl-C or SIGTERM to the end of the process, whatever is still going on.
    """

    head_s: float = 10.0
    body_silent_s: float = 60.0
    message_bytes: int = 2**20
    ping_s: float = 30.0
    webcams: int = 4
    webcam_silent_s: float = 60.0
    closed_tab_s: float = 40.0
    end_within_s: float = 4.5


LIMITS = ServerLimits()
"""Those of the application."""
