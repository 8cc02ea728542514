"""What strangers' files are, found out where they can do no harm."""
