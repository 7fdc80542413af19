"""How dates and numbers are written in each language: Django's formats, but for what pages and lists need shorter."""
