"""From Synchro to a scenario: zhasyl scenario import-utdf.

sections      the file's records as text, each with its row
town          what they say of the network, in SI units: places, links, lane groups; units, guesses
read_town     reads and checks it; read_groups: its lane groups
approach      the lanes of a link at the stop line and upstream of each bay
shapes        where links lie: medians, curves, slopes
roundabouts   rings with an entry and an exit an arm
layout        the edges that each link becomes; connections: what leads where
network       all of it as netconvert's plain XML, and the net
crossings     where people cross
signals       the plans of the file on that net
balance       flows between the ends of the network that meet the file's volumes
demand        vehicles and walkers of an hour
detectors     a table of them; synchro_measures: of delays, where a file has them
left_out      records without a place here
import_town   the scenario folder, and what was guessed
"""
