#!/usr/bin/env bash
# Expected: a tlLogic that names the running programme and holds only a <param> (a switching point for a timetable, say)
# adds the parameter and leaves the rest of the programme as it is; that one with only an offset changes the offset alone
# is documented and true.
# Seen: a missing offset is read as 0: the signal loses the offset that its network gives it, without a word, and with it
# the green wave.
# Version: SUMO 1.28.0. Source: the behaviour below; Simulation/Traffic_Lights of its documentation, "Modifying Existing
# TLS-Programs", names the offset only.
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
sed -i 's/programID="0" offset="0"/programID="0" offset="20"/' net.xml
echo '<routes/>' >trips.rou.xml
phase() { echo "<additional>$1<timedEvent type=\"SaveTLSStates\" source=\"A0\" dest=\"states.xml\"/></additional>" >a.add.xml
  sumo -n net.xml -r trips.rou.xml -a a.add.xml -e 60; grep 'time="50.00"' states.xml | grep -o 'phase="[0-9]*"'; }
network=$(phase '')
parameter=$(phase '<tlLogic id="A0" programID="0"><param key="GSP" value="0"/></tlLogic>')
zero=$(phase '<tlLogic id="A0" programID="0" offset="0"/>')
echo "at 50 s: $network with the network's offset of 20 s, $parameter with a parameter beside it, $zero with offset 0"
[ "$network" != "$parameter" ] && [ "$parameter" = "$zero" ]
