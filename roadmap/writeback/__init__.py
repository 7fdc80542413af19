"""Edits made in the browser, written back to the files of a folder of notes, where its owner allows it."""
