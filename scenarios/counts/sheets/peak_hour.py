"""An hourly volume with its peak-hour factor as four quarters of an hour.

The busiest quarter has V / (4 PHF) vehicles (Highway Capacity Manual, 6th ed., ch. 4: PHF = V / (4 V15)); it is taken
to be the second one of every movement, and the three others share the rest evenly. Heavy vehicles are V times their
share.
"""

QUARTERS = 4
BUSIEST = 1
QUARTER_S = 900.0
LEAST_FACTOR, LARGEST_FACTOR = 1.0 / QUARTERS, 1.0


def quarters(vehicles: int, peak_hour_factor: float) -> tuple[int, ...]:
    """Vehicles of each quarter of the hour; they add up to the volume."""
    busiest = min(vehicles, round(vehicles / (QUARTERS * peak_hour_factor)))
    rest, over = divmod(vehicles - busiest, QUARTERS - 1)
    others = [rest + (place < over) for place in range(QUARTERS - 1)]
    return (*others[:BUSIEST], busiest, *others[BUSIEST:])


def heavy_and_light(vehicles: int, heavy_percent: float) -> tuple[int, int]:
    """(heavy vehicles, the others)."""
    heavy = round(vehicles * heavy_percent / 100.0)
    return heavy, vehicles - heavy
