"""What several pages show alike: the player, a run's card, progress, downloads."""
