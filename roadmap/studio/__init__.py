"""The studio's engine: what editors do to a tree.

`shape`, `acts`, `topics` and `changes` are pure: a curriculum goes in and another one comes out. `doing` carries an act
out on the database, under the curriculum's lock, and takes it back.
"""
