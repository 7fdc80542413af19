"""Folders of notes that are read again by themselves: what is plain is applied, everything else waits for an editor."""
