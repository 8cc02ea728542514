"""People that the program makes itself: stick figures and cameras with known truth."""
