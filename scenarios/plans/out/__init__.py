"""Signal plans out: what a controller plays, for a spreadsheet, for Synchro, for SUMO alone.

leaving      the plans: shipped programmes or those of a controller, as stages and as what SUMO shows
table        a row a stage, as CSV and Excel
tl_logic     programmes and timetables of SUMO
utdf...      Synchro's tables
"""
