"""Draft revisions and what became of them: gathered, merged into what is live, published, recorded, restored.

`merging` and `restoring` are pure. Learners read the tables; a draft is only ever beside them.
"""
