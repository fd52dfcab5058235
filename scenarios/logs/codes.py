"""Event codes of controllers' logs that are read or written here.

Source: Indiana Traffic Signal Hi Resolution Data Logger Enumerations (Purdue University and INDOT, 2012 and 2020); 300
and above are MAXTIME's own.
"""

PHASE_ON = 0
GREEN = 1
GAP_OUT, MAX_OUT, FORCE_OFF = 4, 5, 6
GREEN_ENDS, YELLOW, YELLOW_ENDS, RED_CLEARANCE, RED_ENDS, INACTIVE = 7, 8, 9, 10, 11, 12
WALK, WALK_ENDS, DONT_WALK = 21, 22, 23
CALL, CALL_ENDS = 43, 44
DETECTOR_OFF, DETECTOR_ON = 81, 82
PATTERN, CYCLE_LENGTH = 131, 132
FIRST_SPLIT = 134  # of phase 1, to 149 of phase 16: seconds
MOST_SPLITS = 16  # phases whose splits have codes; the next ones mean something else
COORDINATION, LOCAL_ZERO = 150, 5
ACTUAL_SPLIT = 299  # + phase: seconds of green, yellow and red clearance
ACTUAL_CYCLE, ACTUAL_OFFSET = 316, 318

LARGEST_CODE = 65_535
