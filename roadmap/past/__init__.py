"""The history read back: what changed of a topic or a roadmap, field by field, by whom, when and through what."""
