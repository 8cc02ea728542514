"""Live frames in; people, counted repetitions and falls out, for any program that has the frames."""
