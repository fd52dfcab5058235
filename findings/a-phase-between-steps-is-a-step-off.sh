#!/usr/bin/env bash
# Expected: with a step that does not divide a phase's duration the phase is shown to the next step at least, or as long as
# asked for in the mean over the cycles; a yellow is never shorter than its programme says.
# Seen: with steps of 0.4 s a yellow of 3 s is shown for 2.8 s and another one of the same programme for 3.2 s, in each
# cycle alike. The cycle as a whole keeps its length, so that no sum shows it, and there is no warning.
# Version: SUMO 1.28.0. Source: the behaviour below; Simulation/Traffic_Lights of its documentation knows no tie between
# durations and --step-length.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=1 --grid.attach-length=300 --no-turnarounds \
  --default-junction-type=traffic_light -o net.xml >/dev/null 2>&1
echo '<routes/>' >trips.rou.xml
cat >a.add.xml <<'XML'
<additional>
  <tlLogic id="A0" programID="own" type="static" offset="0">
    <phase duration="20" state="GGgrrrGGgrrr"/><phase duration="3" state="yyyrrryyyrrr"/>
    <phase duration="20" state="rrrGGgrrrGGg"/><phase duration="3" state="rrryyyrrryyy"/>
  </tlLogic>
  <timedEvent type="SaveTLSStates" source="A0" dest="states.xml"/>
</additional>
XML
for step in 0.5 0.4; do
  sumo -n net.xml -r trips.rou.xml -a a.add.xml -e 460 --step-length "$step" 2>said.txt
  shown=$(venv/bin/python - <<'PY'
import xml.etree.ElementTree as ET
rows = [(float(one.get("time")), one.get("state")) for one in ET.parse("states.xml").getroot()]
begins = [rows[0], *(after for before, after in zip(rows, rows[1:]) if before[1] != after[1])]
for place, name in ((1, "first yellow"), (3, "second yellow")):
    lasted = {round(after[0] - before[0], 3) for before, after in list(zip(begins, begins[1:]))[place::4]}
    print(name, *sorted(lasted), end="; ")
print("cycle", *sorted({round(b[0] - a[0], 3) for a, b in zip(begins, begins[4:])}), end="")
PY
)
  echo "steps of $step s: $shown; $(wc -l <said.txt) warnings"
  if [ "$step" = 0.5 ]; then yellows="3.0 3.0"; else yellows="2.8 3.2"; fi
  [ "$shown" = "first yellow ${yellows% *}; second yellow ${yellows#* }; cycle 46.0" ]
done
