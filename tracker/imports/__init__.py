"""Imports through the browser: notes come in, wait as a plan, are decided on, and are stored; undoable."""
