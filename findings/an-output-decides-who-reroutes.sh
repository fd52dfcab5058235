#!/usr/bin/env bash
# Expected: measuring emissions of all vehicles (--device.emissions.probability 1) changes nothing but the output.
# Seen: where a share of the vehicles has a rerouting device, other vehicles have it, so that routes and travel times
# differ: the devices' draws come from one generator, one after the other. A probability of 1 is drawn, too. With
# --device.emissions.deterministic nothing is drawn and the traffic is as without.
# Version: SUMO 1.28.0. Source: the behaviour below; `sumo --help` has the options.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=3 --grid.attach-length=200 --no-turnarounds \
  --default-junction-type=traffic_light -o net.xml >/dev/null 2>&1
cat >trips.rou.xml <<'XML'
<routes>
  <route id="east" edges="left1A1 A1B1 B1C1 C1right1"/>
  <route id="north" edges="bottom1B0 B0B1 B1B2 B2top1"/>
  <flow id="e" begin="0" end="900" period="3" route="east"/>
  <flow id="n" begin="0" end="900" period="4" route="north"/>
</routes>
XML
seen() { # what differs between two runs: who reroutes, and the mean duration in s
  sumo -n net.xml -r trips.rou.xml --device.rerouting.probability 0.5 "$@" --tripinfo-output trips.xml --statistic-output stats.xml
  rerouting=$(grep -o '<tripinfo id="[^"]*".*routing_' trips.xml | grep -o 'id="[^"]*"' | sort)
  echo "$(wc -l <<<"$rerouting") vehicles reroute ($(cksum <<<"$rerouting" | cut -d' ' -f1)), mean $(grep 'vehicleTripStatistics' stats.xml | grep -o ' duration="[^"]*"')"
}
plain=$(seen)
measured=$(seen --device.emissions.probability 1)
fixed=$(seen --device.emissions.probability 1 --device.emissions.deterministic true)
printf 'without:       %s\nemissions:     %s\ndeterministic: %s\n' "$plain" "$measured" "$fixed"
[ "$plain" != "$measured" ] && [ "$plain" = "$fixed" ]
