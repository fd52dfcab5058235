"""Existing signal plans in: a scenario whose signals show a planner's plans, from a table, Synchro or SUMO.

plan       what one signal shows from a time of day on: stages (or SUMO's phases), cycle, offset
timetable  the plans of a signal by time of day, repeated each day

made                 a scenario made of another one and a file of plans
words, programme     links by name; stages to SUMO's phases
table                stages in CSV, Excel or TOML
sumo                 <tlLogic> and <WAUT>
utdf, synchro        Synchro's tables; its phases to plans, by
rings, whole_seconds when each phase of the rings is green, and that in whole seconds
utdf_movements       which links a lane group has, by azimuth (utdf_azimuths) or nodes
utdf_lane_groups     which phases serve a link; utdf_right_turns: which of them after a stop
utdf_walks           which crossings walk with a phase
refusals             what must not be shown
timetable            programmes and switches for SUMO
export               a scenario's programmes as a table
"""
