"""What the label of a row of Synchro's results says: of what, which figure, by whose method, in which unit.

Labels as Synchro 7 to 12 writes them in 'Lanes, Volumes, Timings' and 'Queues' (its own percentile delay), 'HCM
Signalized Intersection Capacity Analysis' (HCM 2000), and 'HCM 2010 / 6th / 7th Signalized Intersection Summary'.
"""

import re
from dataclasses import dataclass

from zhasyl.scenarios.beside.model import APPROACH, LANE_GROUP, SIGNAL
from zhasyl.scenarios.utdf.units import M_PER_FOOT

DELAY, LOS, DEGREE, QUEUE = "control_delay_s", "los", "degree", "back_p95_m"
PERCENTILE, HCM_2000, HCM = "Synchro", "HCM 2000", "HCM"
M_PER_VEHICLE = 25 * M_PER_FOOT  # Synchro's own length of a queued vehicle: 25 ft
NEWER = r"hcm (?:2010|\d(?:st|nd|rd|th))"
SECONDS = r"(?:,? ?\(?s(?:/v(?:eh)?)?\)?)?"


@dataclass(frozen=True)
class Label:
    """`method` is '' where several have the label; of two labels of one figure the higher `rank` is taken.

    `metres` is what one of its unit has; 0 where another one says it.
    """

    level: str
    figure: str
    method: str = ""
    rank: int = 0
    metres: float = 1.0


LABELS = (
    (rf"lngrp delay\(d\){SECONDS}", Label(LANE_GROUP, DELAY, HCM)),
    (r"lngrp los", Label(LANE_GROUP, LOS, HCM)),
    (r"v/c ratio ?\(x\)", Label(LANE_GROUP, DEGREE, HCM)),
    (r"%ile backofq ?\(95%\),? ?veh/ln", Label(LANE_GROUP, QUEUE, HCM, metres=M_PER_VEHICLE)),
    (r"delay \(s\)", Label(LANE_GROUP, DELAY, HCM_2000)),
    (r"level of service", Label(LANE_GROUP, LOS, HCM_2000)),
    (rf"total delay{SECONDS}", Label(LANE_GROUP, DELAY, PERCENTILE, rank=1)),
    (rf"control delay{SECONDS}", Label(LANE_GROUP, DELAY, PERCENTILE)),
    (r"los", Label(LANE_GROUP, LOS, PERCENTILE)),
    (r"v/c ratio|v/c", Label(LANE_GROUP, DEGREE)),
    (r"queue length 95th ?\(ft\)", Label(LANE_GROUP, QUEUE, PERCENTILE, rank=1, metres=M_PER_FOOT)),
    (r"queue length 95th ?\(m\)", Label(LANE_GROUP, QUEUE, PERCENTILE, rank=1)),
    (r"queue length 95th", Label(LANE_GROUP, QUEUE, PERCENTILE, rank=1, metres=0.0)),
    (rf"approach delay{SECONDS}", Label(APPROACH, DELAY)),
    (r"approach los", Label(APPROACH, LOS)),
    (rf"hcm (?:2000|average) control delay{SECONDS}", Label(SIGNAL, DELAY, HCM_2000)),
    (r"hcm (?:2000 )?level of service", Label(SIGNAL, LOS, HCM_2000)),
    (rf"{NEWER} (?:control|ctrl) delay{SECONDS}", Label(SIGNAL, DELAY, HCM)),
    (rf"{NEWER} los", Label(SIGNAL, LOS, HCM)),
    (rf"intersection (?:signal )?delay{SECONDS}", Label(SIGNAL, DELAY, PERCENTILE)),
    (r"intersection los", Label(SIGNAL, LOS, PERCENTILE)),
)
EDITION = re.compile(r"hcm (2000|2010|\d(?:st|nd|rd|th)) (?:control|ctrl) delay")


def label_of(text: str) -> Label | None:
    """What a row's label says; None for what is no result that is set beside ours."""
    small = " ".join(text.lower().split())
    return next((label for pattern, label in LABELS if re.fullmatch(pattern, small)), None)


def edition_of(text: str) -> str:
    """'HCM 7th' of 'HCM 7th Control Delay, s/veh'; '' of other labels."""
    found = EDITION.match(" ".join(text.lower().split()))
    return f"HCM {found[1]}" if found else ""
