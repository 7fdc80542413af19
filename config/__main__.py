"""`python -m config serve`: the `pathnotes` command from a checkout, without installing it."""

from config.cli import main

if __name__ == "__main__":
    main()
