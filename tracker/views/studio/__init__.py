"""Pages on which editors work."""
