"""What developers run and an installation does not have."""
