"""A small Synchro town of our own: a signal of four arms with bays, a bend to its east, another signal behind it."""

from collections.abc import Mapping
from pathlib import Path

NETWORK = {"UTDFVERSION": "8", "Metric": "0", "HV": "0.02", "PHF": "0.92", "DefWidth": "12", "growth": "1.00",
           "PedSpeed": "3.5"}  # fmt: skip
NODES = """1,0,-1000,500,0,"Main & Oak"
2,0,500,700,0,Main & Elm
3,2,-200,500,0,
11,1,-2500,500,0,
12,1,-1000,1900,0,
13,1,-1000,-900,0,
21,1,2000,700,0,
22,1,500,-700,0,
"""
LINKS = """RECORDNAME,INTID,NB,SB,EB,WB,NE,SW
Up ID,1,13,12,11,3,,
Lanes,1,2,2,3,3,,
Name,1,Oak St,Oak St,Main St,Main St,,
Speed,1,30,30,45,45,,
Grade,1,0,0,0,0,,
Median,1,12,12,12,12,,
Curve Pt X,1,-940,,,,,
Curve Pt Y,1,0,,,,,
Up ID,2,22,,,21,3,
Lanes,2,2,,,3,3,
Name,2,Elm St,,,Main St,Main St,
Speed,2,30,,,45,45,
Median,2,0,,,12,12,
Up ID,3,,,1,,,2
Lanes,3,,,2,,,2
Speed,3,,,45,,,45
Up ID,11,,,,1,,
Lanes,11,,,,2,,
Speed,11,,,,45,,
Up ID,12,1,,,,,
Lanes,12,1,,,,,
Speed,12,30,,,,,
Up ID,13,,1,,,,
Lanes,13,,1,,,,
Speed,13,,30,,,,
Curve Pt X,13,,-940,,,,
Curve Pt Y,13,,-400,,,,
Up ID,21,,,2,,,
Lanes,21,,,2,,,
Speed,21,,,45,,,
Up ID,22,,2,,,,
Lanes,22,,1,,,,
Speed,22,,30,,,,
"""
LANES = """RECORDNAME,INTID,NBL,NBT,NBR,SBL,SBT,SBR,EBL,EBT,EBR,WBL,WBT,WBR,NET,NER,PED
Up Node,1,13,13,13,12,12,12,11,11,11,3,3,3,,,
Dest Node,1,11,12,3,3,13,11,12,3,13,13,11,12,,,
Lanes,1,1,1,0,1,1,0,1,2,0,1,2,0,,,
Shared,1,0,2,,0,2,,0,2,,0,2,,,,
Width,1,12,12,12,12,12,12,11,12,12,11,12,12,,,
Storage,1,150,,,,,,250,,,200,,,,,
Taper,1,60,,,,,,80,,,80,,,,,
StLanes,1,1,,,,,,1,,,1,,,,,
Phase1,1,,8,,,4,,1,6,,5,2,,,,
PermPhase1,1,8,,,4,,,,,,,,,,,
Allow RTOR,1,1,1,1,1,1,1,1,1,1,1,1,1,,,
Volume,1,60,200,40,50,180,60,90,700,50,40,650,70,,,
Peds,1,0,0,20,0,0,0,0,0,10,0,0,0,,,
PHF,1,0.9,0.9,0.9,0.9,0.9,0.9,0.9,0.9,0.9,0.9,0.9,0.9,,,
Growth,1,100,100,100,100,100,100,110,110,110,100,100,100,,,
HeavyVehicles,1,2,2,2,2,2,2,10,10,10,2,2,2,,,
Right Channeled,1,,,0,,,0,,,0,,,0,,,
numDetects,1,1,1,,,,,1,1,,,,,,,
DetectPos1,1,0,0,,,,,0,100,,,,,,,
DetectSize1,1,20,20,,,,,20,6,,,,,,,
DetectPhase1,1,8,8,,,,,1,6,,,,,,,
Up Node,2,22,,22,,,,,,,21,21,,3,3,
Dest Node,2,3,,21,,,,,,,22,3,,21,22,
Lanes,2,1,,1,,,,,,,1,2,,2,1,
Shared,2,0,,,,,,,,,0,0,,0,,
Storage,2,,,,,,,,,,180,,,,160,
Taper,2,,,,,,,,,,50,,,,50,
StLanes,2,,,,,,,,,,1,,,,1,
Phase1,2,4,,,,,,,,,1,6,,2,,
Phase2,2,,,,,,,,,,,1,,,,
PermPhase1,2,,,4,,,,,,,,,,,,
Allow RTOR,2,0,,1,,,,,,,0,0,,0,1,
Volume,2,100,,80,,,,,,,60,660,,720,110,
BusStops,2,4,,0,,,,,,,0,0,,0,0,
Right Channeled,2,,,0,,,,,,,,,,,1,
"""
TIMEPLANS = """RECORDNAME,INTID,DATA
Control Type,1,3
Cycle Length,1,90.0
Referenced To,1,0
Reference Phase,1,206
Offset,1,20.0
Node 0,1,1
Node 1,1,0
Control Type,2,1
Cycle Length,2,80.0
Referenced To,2,0
Reference Phase,2,206
Offset,2,0.0
"""
PHASES = """RECORDNAME,INTID,D1,D2,D4,D5,D6,D8
BRP,1,111,112,211,121,122,221
MinGreen,1,5,10,8,5,10,8
MaxGreen,1,11.4,30.6,32.5,9.3,32.7,32.5
Yellow,1,3,3.6,3.5,3,3.6,3.5
AllRed,1,1,1.4,3,1,1.4,3
Walk,1,,7,7,,7,7
DontWalk,1,,15,20,,15,20
Start,1,4.6,20,55.6,4.6,17.9,55.6
BRP,2,111,112,211,,122,
MinGreen,2,5,10,8,,10,
MaxGreen,2,10,30,25,,30,
Yellow,2,3,3.5,3,,3.5,
AllRed,2,1,1.5,3,,1.5,
"""


def utdf(sections: Mapping[str, str] | None = None) -> str:
    """The town's file; a section may be given otherwise, '' to leave it out."""
    network = "RECORDNAME,DATA\n" + "".join(f"{key},{value}\n" for key, value in NETWORK.items())
    nodes = f"INTID,TYPE,X,Y,Z,DESCRIPTION\n{NODES}"
    parts = {"Network": network, "Nodes": nodes, "Links": LINKS, "Lanes": LANES, "Timeplans": TIMEPLANS,
             "Phases": PHASES} | dict(sections or {})  # fmt: skip
    return "\n".join(f"[{name}]\n{name} of our own\n{text}" for name, text in parts.items() if text)


def with_change(old: str, new: str) -> str:
    """The file with one text replaced. Raises AssertionError if it is not there."""
    text = utdf()
    assert old in text, old
    return text.replace(old, new, 1)


def written(folder: Path, text: str | bytes, name: str = "synchro.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
