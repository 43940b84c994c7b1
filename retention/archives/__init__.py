"""Ways to exchange messages with an archive."""
