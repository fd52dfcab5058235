"""A signal controller's high-resolution log: the programme it really played, and what its detectors counted.

read, times, event_log   a file of events becomes one device's day
config                   which movements a phase runs, which detectors stand before it
greens, detection        greens and actuations, although their ends may be missing
cycles, order, programme the cycle by time of day; rings and barriers; splits, offset
as_synchro               the programme as Synchro's tables, and so as a plan of the network
counts                   actuations as turning counts
check                    arrivals on green and split failures, of the log and of a simulation alike
imported                 all of it: a scenario made of another one and a log
"""
