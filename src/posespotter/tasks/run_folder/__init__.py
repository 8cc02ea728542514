"""The folder that a task fills: its name, how it appears whole, and its run.json."""
