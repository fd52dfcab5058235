"""Tables of junctions of many shapes, made up for the tests."""

HEADER = "approach,name,turns,exit_lanes,lane_width_m,speed_limit_kmh,left_vph,straight_vph,right_vph"


def table(columns: str, *rows: str) -> str:
    """A table with further columns."""
    return "\n".join([",".join(filter(None, [HEADER, columns])), *rows, ""])


TEE = table(
    "crossing,walkers_ph",
    "EB,Main street,straight|straight+right,2,3.5,60,,700,80,no,",
    "WB,Main street,left|straight|straight,2,3.5,60,150,650,,yes,100",
    "NB,Side street,left|right,1,3.25,50,160,,150,,100",
)
FIVE = table(
    "exits_vph,angle_deg,walkers_ph",
    "EB,Main street,left|straight|straight+south+Diagonal,2,3.5,60,120,500,,south 60; Diagonal 30,,100",
    "WB,Main street,south+Diagonal|straight|straight+right,2,3.5,60,,450,90,south 60; Diagonal 40,,100",
    "NB,Side street,west+Diagonal+straight+right,1,3.25,50,,150,50,west 60; Diagonal 30,,50",
    "SB,Side street,left+straight|Diagonal+west,1,3.25,50,50,140,,west 60; Diagonal 50,,50",
    "Diagonal,Diagonal street,west+north|east+south,1,3.25,50,,,,west 20; north 90; east 120; south 20,225,30",
)
BAYS = table(
    "u_turn_vph,bays,slip,grade_percent,walkers_ph",
    "EB,Main street,left|straight|straight|right,2,3.5,60,220,600,180,,left 60; right 40,yes,3,100",
    "WB,Main street,left+u-turn|straight|straight+right,2,3.5,60,180,500,90,30,left 50 m,no,,100",
    "NB,Side street,left|straight+right,1,3.25,50,100,150,50,,left 30,,,50",
    "SB,Side street,left|straight|right,1,3.25,50,50,140,60,,left 30; right 30,,-2,50",
)
STAGED = table(
    "island_m,crossing,walkers_ph",
    "EB,Main street,straight|straight,2,3.5,60,,700,,3,,300",
    "WB,Main street,straight|straight,2,3.5,60,,600,,3,no,",
)
SINGLE = table(
    "crossing,walkers_ph",
    "EB,Main street,straight|straight,2,3.5,60,,700,,,300",
    "WB,Main street,straight|straight,2,3.5,60,,600,,no,",
)
ALL_RED = table(
    "island_m,crossing,walkers_ph",
    "EB,Main street,left|straight|straight+right,2,3.5,60,120,500,80,3,alone,200",
    "WB,Main street,left|straight|straight+right,2,3.5,60,100,450,90,,alone,200",
    "NB,Side street,left+straight+right,1,3.25,50,60,150,50,,alone,200",
    "SB,Side street,left+straight+right,1,3.25,50,50,140,60,,no,",
)
ISLANDS = table(
    "island_m,walkers_ph,u_turn_vph",
    "EB,Main street,u-turn+left|straight|straight+right,2,3.5,60,120,500,80,4,200,20",
    "WB,Main street,left|straight|straight+right,2,3.5,60,100,450,90,4,200,",
    "NB,Side street,left|straight+right,1,3.25,50,60,150,50,2,100,",
    "SB,Side street,left|straight+right,1,3.25,50,50,140,60,,100,",
)
WYE = table(
    "angle_deg,walkers_ph",
    "A,North,left|right,1,3.25,50,200,,250,0,60",
    "B,South-east,left|right,1,3.25,50,200,,250,120,60",
    "C,South-west,left|right,1,3.25,50,200,,250,240,60",
)
EIGHT = table(
    "exits_vph,angle_deg",
    *(
        f"A{arm},Street {arm},{'|'.join(f'A{(arm + step) % 8}' for step in range(1, 8))},7,3,50,,,,"
        f"{'; '.join(f'A{(arm + step) % 8} 20' for step in range(1, 8))},{arm * 45}"
        for arm in range(8)
    ),
)
HILL = table(
    "junction,from,distance_m,bays,walkers_ph,u_turn_vph,grade_percent,slip,angle_deg,island_m",
    "EB,Main street,left|straight|straight|right,3,3.5,60,80,600,80,A,,,left 50; right 50,60,,3,yes,,3",
    "WB,Main street,left|straight|straight+right,3,3.5,60,80,500,80,A,B,350,left 50,60,,,,70,3",
    "NB,First street,left+straight+right,1,3.25,50,60,120,50,A,,,,60,,,,,",
    "SB,First street,left+straight+right,1,3.25,50,60,120,50,A,,,,60,,,,,",
    "EB,Main street,u-turn|straight|straight+right,2,3.5,60,,740,70,B,A,,u-turn 60,60,40,2,,270,",
    "WB,Main street,left+u-turn|straight|straight,2,3.5,60,70,600,,B,,,left 40,60,20,-2,,,",
    "NB,Second street,left|right,2,3.25,50,60,,50,B,,,right 40,60,,,,,",
)
CORRIDOR = table(
    "junction,from,distance_m,bays,walkers_ph",
    "EB,Main street,left|straight|straight+right,2,3.5,60,80,700,80,A,,,left 50,60",
    "WB,Main street,left|straight|straight+right,2,3.5,60,80,500,80,A,B,350,left 50,60",
    "NB,First street,left+straight+right,1,3.25,50,60,150,50,A,,,,60",
    "SB,First street,left+straight+right,1,3.25,50,60,150,50,A,,,,60",
    "EB,Main street,straight|straight+right,2,3.5,60,,740,70,B,A,,,60",
    "WB,Main street,left|straight|straight,2,3.5,60,70,600,,B,C,280,left 40,60",
    "NB,Second street,left|right,1,3.25,50,60,,50,B,,,,60",
    "EB,Main street,left|straight|straight+right,2,3.5,60,90,600,80,C,B,,left 50,60",
    "WB,Main street,left|straight|straight+right,2,3.5,60,80,550,80,C,,,left 50,60",
    "NB,Third street,left+straight+right,1,3.25,50,60,100,50,C,,,,60",
    "SB,Third street,left+straight+right,1,3.25,50,60,100,50,C,,,,60",
)
ONE_WAY_PAIR = table(
    "junction,from,distance_m",
    "EB,Main street,straight|straight+right,2,3.5,60,,600,80,A,,",
    "WB,Main street,left|straight|straight,2,3.5,60,100,500,,A,B,120",
    "SB,Southbound street,left+straight|straight+right,0,3.5,50,120,500,60,A,,",
    "NB,Southbound street,,2,3.5,50,,,,A,,",
    "EB,Main street,left|straight|straight,2,3.5,60,120,540,,B,A,",
    "WB,Main street,straight|straight+right,2,3.5,60,,480,70,B,,",
    "NB,Northbound street,left+straight|straight+right,0,3.5,50,120,500,100,B,,",
    "SB,Northbound street,,2,3.5,50,,,,B,,",
)
OFFSET_LEGS = table(
    "junction,from,distance_m",
    "EB,Main street,left|straight,1,3.5,60,60,300,,A,,",
    "WB,Main street,straight+right,1,3.5,60,,280,40,A,B,70",
    "SB,North leg,left|right,1,3.25,50,80,,50,A,,",
    "EB,Main street,straight+right,1,3.5,60,,320,60,B,A,",
    "WB,Main street,left|straight,1,3.5,60,60,260,,B,,",
    "NB,South leg,left|right,1,3.25,50,60,,70,B,,",
)
SHAPES = {
    "tee": TEE, "five": FIVE, "bays": BAYS, "staged": STAGED, "single": SINGLE, "all-red": ALL_RED, "islands": ISLANDS,
    "wye": WYE, "eight": EIGHT, "corridor": CORRIDOR, "hill": HILL,
    "one-way-pair": ONE_WAY_PAIR, "offset-legs": OFFSET_LEGS,
}  # fmt: skip
