"""An exercise and its analysis in plain words."""
