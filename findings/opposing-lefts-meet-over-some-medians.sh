#!/usr/bin/env bash
# Expected: at a crossroads with a median on all arms, two left turns that face each other pass left of each other, as they
# do without a median; if a median mattered, a wider one would matter more.
# Seen: netconvert draws them apart at medians of 0, 3 and 5 m and again from 7 m on, but over 5.5 to 6.5 m their curves come
# within a lane's width in the middle of the junction: they are foes, and one has to give way also while both have an arrow.
# It depends on lanes and lane widths where that happens; nothing is said. A <connection> with a shape of its own decides it.
# Version: SUMO 1.28.0. Source: the behaviour below; sumo.dlr.de/docs, Networks/PlainXML, has <connection shape="">.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
"$SUMO_HOME/bin/netconvert" --version | sed -n 1p
cat >facing.py <<'PY'
"""Do left turns that face each other conflict over a median of so many metres?"""
import os, subprocess, sys
import xml.etree.ElementTree as ET

ARMS = {"e": (1, 0), "n": (0, 1), "w": (-1, 0), "s": (0, -1)}
found = []
for median_m in map(float, sys.argv[1:]):
    nodes = '<node id="c" x="0" y="0" type="traffic_light"/>'
    edges = ""
    for arm, (x, y) in ARMS.items():
        side = (-y * median_m / 2, x * median_m / 2)
        line = [(far * x, far * y) for far in (200, 12)]
        to = " ".join(f"{a + side[0]},{b + side[1]}" for a, b in line)
        away = " ".join(f"{a - side[0]},{b - side[1]}" for a, b in reversed(line))
        nodes += f'<node id="{arm}" x="{200 * x}" y="{200 * y}"/>'
        edges += f'<edge id="{arm}i" from="{arm}" to="c" numLanes="3" width="3.5" shape="{to}"/>'
        edges += f'<edge id="{arm}o" from="c" to="{arm}" numLanes="3" width="3.5" shape="{away}"/>'
    for name, content in (("nodes", nodes), ("edges", edges)):
        with open(f"{name}.xml", "w") as file:
            file.write(f"<{name}>{content}</{name}>")
    subprocess.run([os.environ["SUMO_HOME"] + "/bin/netconvert", "-n", "nodes.xml", "-e", "edges.xml", "-o", "net.xml",
                    "--no-turnarounds"], check=True, capture_output=True)
    net = ET.parse("net.xml").getroot()
    left = {c.get("from"): int(c.get("linkIndex")) for c in net.iter("connection") if c.get("tl") and c.get("dir") == "l"}
    foes = {int(r.get("index")): r.get("foes")[::-1] for j in net.iter("junction") if j.get("id") == "c" for r in j.iter("request")}
    found.append(f"{median_m:g} m: {'conflict' if foes[left['ei']][left['wi']] == '1' else 'apart'}")
print(", ".join(found))
PY
seen=$(venv/bin/python facing.py 0 3 5 5.5 6 6.5 7 8 10)
echo "$seen"
[ "$seen" = "0 m: apart, 3 m: apart, 5 m: apart, 5.5 m: conflict, 6 m: conflict, 6.5 m: conflict, 7 m: apart, 8 m: apart, 10 m: apart" ]
