#!/usr/bin/env bash
# Expected: a street mapped with five lanes, two forward, two backward and one in the middle for left turns of both ways
# (lanes=5, lanes:forward=2, lanes:backward=2, lanes:both_ways=1) becomes two lanes each way, as the map says.
# Seen: netconvert makes three lanes forward and two backward, without a word: the lane in the middle is one more for one
# direction, which depends on the way in which the street was drawn. Without lanes:both_ways and with lanes=4 it is two
# and two.
# Version: SUMO 1.28.0. Source: the behaviour below; wiki.openstreetmap.org/wiki/Key:lanes has the meaning of the tags.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
"$SUMO_HOME/bin/netconvert" --version | sed -n 1p
lanes() { # tags of the street → lanes forward and backward
  cat >street.osm <<OSM
<osm version="0.6"><node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.002"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="secondary"/><tag k="maxspeed" v="50"/>
<tag k="lanes:forward" v="2"/><tag k="lanes:backward" v="2"/>$1</way></osm>
OSM
  "$SUMO_HOME/bin/netconvert" --osm-files street.osm -o net.xml >said.txt 2>&1
  grep -i 'warning.*lanes' said.txt >&2 || true
  echo "$(grep -c '<lane id="10_' net.xml) forward, $(grep -c '<lane id="-10_' net.xml) backward"
}
four=$(lanes '<tag k="lanes" v="4"/>')
five=$(lanes '<tag k="lanes" v="5"/><tag k="lanes:both_ways" v="1"/>')
echo "four lanes: $four; with one more in the middle: $five"
[ "$four" = "2 forward, 2 backward" ] && [ "$five" = "3 forward, 2 backward" ]
