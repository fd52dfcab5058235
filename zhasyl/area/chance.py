"""Random numbers for controllers: from the run's seed and a name, whatever else has drawn before."""

from hashlib import blake2b

import numpy as np


def generator(seed: int, *key: str) -> "np.random.Generator":
    """A generator of its own for a seed and a key: PCG64, seeded with a digest of both."""
    digest = blake2b(repr((seed, *key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
