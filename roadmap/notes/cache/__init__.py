"""A reading kept for the next one: reading a folder in which few notes changed takes a small part of the time.

What is kept may be deleted at any time, and is ignored where it is damaged, of another version of the reader, or where
somebody else could have written it. The reading is the same with and without it (ADR 23).
"""

from roadmap.notes.cache.again import Kept, read, read_packed

__all__ = ["Kept", "read", "read_packed"]
