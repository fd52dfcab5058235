#!/usr/bin/env bash
# Expected: who gives way to whom at a junction follows from its roads; netconvert writes the same <request> rows whatever
# signal programme is compiled in, and a left turn gives way to oncoming straight traffic.
# Seen: with crossings and a programme whose left turns have a green of their own, straight traffic gives way to the left
# turn opposite, too. A later programme with both on permissive green ("g"), loaded from an additional file, makes the
# straight traffic wait for the turns: minutes instead of seconds. SUMO warns of a "mutual conflict" and runs.
# Version: SUMO 1.28.0. Source: Simulation/Traffic_Lights of its documentation, "Interaction between signal plans and
# right-of-way rules", which asks for new plans to be compiled in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
cat >make.py <<'PY'
ARMS = {"N": (0, 300), "E": (300, 0), "S": (0, -300), "W": (-300, 0)}
PROTECTED = ["GGGrrrrrGGGrrrrrrGrG", "rrrGrrrrrrrGrrrrrrrr", "rrrrGGGrrrrrGGGrGrGr", "rrrrrrrGrrrrrrrGrrrr"]
PERMITTED = ["GGGgrrrrGGGgrrrrrGrG", "rrrrGGGgrrrrGGGgGrGr"]
OWN = [state.replace("G", "g") for state in PERMITTED]


def write(name, root, rows):
    with open(name, "w") as file:
        print(f"<{root}>", *rows, f"</{root}>", sep="\n", file=file)


def programme(name, root, programme_id, states):
    rows = [f'<tlLogic id="J" programID="{programme_id}" offset="0" type="static">']
    for state in states:
        yellow = "".join("y" if letter in "gG" else "r" for letter in state)
        rows += [f'<phase duration="30" state="{state}"/>', f'<phase duration="3" state="{yellow}"/>']
    write(name, root, [*rows, "</tlLogic>"])


ends = [(a, b) for arm in ARMS for a, b in ((arm, "J"), ("J", arm))]
write("j.nod.xml", "nodes", [f'<node id="{a}" x="{x}" y="{y}"/>' for a, (x, y) in ARMS.items()]
      + ['<node id="J" x="0" y="0" type="traffic_light"/>'])
write("j.edg.xml", "edges", [f'<edge id="{a}{b}" from="{a}" to="{b}" numLanes="3" speed="13"/>' for a, b in ends])
connections = []
for number, arm in enumerate("NESW"):
    left, ahead, right = ("NESW"[(number + step) % 4] for step in (1, 2, 3))
    for lane, exit_, to in (0, right, 0), (0, ahead, 0), (1, ahead, 1), (2, left, 2):
        connections.append(f'<connection from="{arm}J" to="J{exit_}" fromLane="{lane}" toLane="{to}"/>')
write("j.con.xml", "connections", connections)
programme("protected.tll.xml", "tlLogics", "0", PROTECTED)
programme("permitted.tll.xml", "tlLogics", "0", PERMITTED)
programme("own.add.xml", "additional", "own", OWN)
PY
venv/bin/python make.py
cat >trips.rou.xml <<'XML'
<routes>
  <flow id="straight" begin="0" end="900" period="6" from="WJ" to="JE"/>
  <flow id="opposite" begin="0" end="900" period="6" from="EJ" to="JW"/>
  <flow id="left" begin="0" end="900" period="15" from="WJ" to="JN"/>
  <flow id="turn" begin="0" end="900" period="15" from="EJ" to="JS"/>
</routes>
XML
declare -A loss yields
for net in protected permitted; do
  "$SUMO_HOME/bin/netconvert" -n j.nod.xml -e j.edg.xml -x j.con.xml -i "$net.tll.xml" --no-turnarounds \
    --sidewalks.guess --crossings.guess -o "$net.net.xml" >/dev/null 2>&1
  row=$(grep '<request index="1" ' "$net.net.xml" | grep -o 'response="[01]*"' | tr -dc 01)
  yields[$net]=${row:8:1} # of 20 links, read from the right: to link 11, the left turn opposite
  sumo -n "$net.net.xml" -r trips.rou.xml -a own.add.xml --time-to-teleport -1 -e 1800 --tripinfo-output trips.xml \
    --tripinfo-output.write-unfinished 2>said.txt
  loss[$net]=$(grep 'id="straight' trips.xml | grep -o 'timeLoss="[0-9.]*' | cut -d'"' -f2 | awk '{s += $1; n++} END {printf "%.0f", s / n}')
  echo "$net left turns compiled in: straight yields to the turn opposite: ${yields[$net]}; the same plan of its own then: ${loss[$net]} s of time loss straight on; $(grep -o 'mutual conflict' said.txt | head -1)"
done
[ "${yields[protected]}" = 1 ] && [ "${yields[permitted]}" = 0 ] && [ "${loss[protected]}" -gt $((3 * loss[permitted])) ]
