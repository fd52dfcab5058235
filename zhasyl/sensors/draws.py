"""Seeded chance that does not depend on the order of the questions: the same key gives the same draw."""

from dataclasses import dataclass
from hashlib import blake2b
from statistics import NormalDist

DROP_OUT_PERIOD_S = 600.0
_STANDARD = NormalDist()
_SCALE = 2.0**64


@dataclass(frozen=True)
class Draws:
    """Draws of one sensor: from the run's seed and the signal's id, never from the process."""

    seed: int
    signal: str

    def uniform(self, *key: object) -> float:
        """A number in (0, 1) that belongs to the key."""
        text = repr((self.seed, self.signal, *key)).encode()
        return (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") + 0.5) / (_SCALE + 1)

    def normal(self, *key: object) -> float:
        """A draw from the standard normal distribution that belongs to the key."""
        return _STANDARD.inv_cdf(self.uniform(*key))

    def dropped_out(self, share: float, time_s: float) -> bool:
        """Is the sensor out now? In every 600 s it is so once, for that share of them, from a drawn start."""
        if share <= 0:
            return False
        period, since_s = divmod(time_s, DROP_OUT_PERIOD_S)
        start_s = self.uniform("drop-out", int(period)) * (1 - share) * DROP_OUT_PERIOD_S
        return start_s <= since_s < start_s + share * DROP_OUT_PERIOD_S

    def stuck(self, share: float, zone: object) -> bool | None:
        """What a stuck zone reports for the whole run: True a vehicle, False none (half each); None: it works."""
        draw = self.uniform("stuck", zone)
        return None if draw >= share else draw < share / 2
