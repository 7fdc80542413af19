"""What a folder of notes was read as, kept on disk, so that reading it again costs what changed.

`snapshot` is what is kept, `changing` finds what changed since and reads changed notes into what is known, `shelf` is
the folder where it lies. The key is the content: a note counts as changed when its SHA-256 is another one. What the
system says of a file (size, times, inode) only tells which bytes need not be hashed again. Where a change may concern
other notes (another title, a new link of a map, a new prerequisite), everything is read anew.
"""
