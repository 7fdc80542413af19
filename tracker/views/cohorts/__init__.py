"""The pages of cohorts: whose they are, who is in them, what they walk, and how one comes in.

They have no regions to swap: each act is a form, and its answer leads back to the whole page.
"""
