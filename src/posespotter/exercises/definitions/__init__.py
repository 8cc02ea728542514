"""Exercise files: the ones that come with the program, what a file may say, and who reads it."""
