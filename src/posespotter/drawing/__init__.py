"""Pictures for people: skeletons over frames."""
