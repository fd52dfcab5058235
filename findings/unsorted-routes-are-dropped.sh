#!/usr/bin/env bash
# Expected: a route file out of order is refused, or its vehicles depart at the times it gives.
# Seen: vehicles that stand behind a much later one are dropped. The run ends with status 0; one warning is all that says
# so, and it is gone with --no-warnings. Trip output and statistics look as if the demand had been smaller.
# Version: SUMO 1.28.0. Source: the behaviour below; the documentation asks for sorted route files without saying this.
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
cat >trips.rou.xml <<'XML'
<routes>
  <flow id="late" begin="500" end="600" period="10" from="left0A0" to="A0right0"/>
  <flow id="early" begin="0" end="400" period="10" from="right0A0" to="A0left0"/>
</routes>
XML
sumo -n net.xml -r trips.rou.xml -e 700 --tripinfo-output trips.xml 2>said.txt
early=$(grep -c 'id="early' trips.xml || true)
late=$(grep -c 'id="late' trips.xml || true)
echo "status 0, $early of 40 early and $late of 10 late vehicles; it says: $(head -1 said.txt)"
[ "$early" -eq 0 ] && [ "$late" -eq 10 ] && grep -q '^Warning' said.txt
