"""Work on what strangers wrote, done in a child process that has bounds and can be killed.

The reader refuses what explodes, but it stands on libraries in C and Rust, where a fault ends the process and no
exception is raised. So notes are read where such an end is one sentence for the person who asked: `parent.run` starts
a child, watches it and takes its answer as bytes; `child` runs a named function under limits of memory and CPU.

**Which reads.** Every read of the command line and of the browser, whatever its size: fifty kilobytes are enough for an
attack, so size says nothing. Only the notes that ship with Pathnotes are read in the process itself, which keeps the
start of the server quick.

**How it starts.** A process with a single thread (the commands) forks: 3 to 8 ms, as measured on two slow cores. One
with threads (the server) must not, since a lock that another thread holds would stay held for ever in the child; it
starts Python anew, which takes 0.25 s, most of it for importing the libraries. A person who uploads notes does not
notice, and the 27 MB are gone when the child is.

**What comes back** is data: JSON and text (`roadmap.notes.packing`), nothing that could run.

**Limits** are those of the system (`setrlimit`). Where it has none, or does not keep to them (macOS and memory), the
log says so once, and the watch on wall-clock time is what is left.
"""
