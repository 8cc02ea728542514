"""`python -m posespotter`: the program, run by this very Python."""

from posespotter.cli import main

if __name__ == "__main__":
    main()
