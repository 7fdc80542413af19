"""A roadmap out of the database: as notes that can be read again, as JSON, as a CASE package.

Pure but for `roadmaps`, which asks the database, and `folder`, which writes files.
"""
