"""`python -m zhasyl`, the same as `zhasyl`."""

from zhasyl.cli import main

if __name__ == "__main__":
    main()
