"""Training of networks that are cheap to encrypt: see `python -m equiripple.train --help`."""
