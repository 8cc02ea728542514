"""Parts that several pages share: the player, a run's card, progress, downloads."""
