"""What becomes of each option of a .sumocfg: every option of SUMO 1.28 stands in exactly one group below.

READ         the scenario itself: what is simulated and when
PASSED_ON    changes the traffic: SUMO gets it as the .sumocfg has it
FILES        as PASSED_ON; a value names files, or folders, whose content determines the run
REPLACED     zhasyl sets its own value; where the .sumocfg had another one, the record says so
REFUSED      cannot be kept without a wrong result
OUTPUT       writes files or chooses what is written; a run writes zhasyl's own
NO_TRAFFIC   messages, windows, options that do nothing in a run of zhasyl

Without the options `sumo` itself has none of: SYNONYMS holds short, older and deprecated names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _devices(names: str) -> frozenset[str]:
    """The three options by which SUMO equips vehicles with each device."""
    return frozenset(f"{name}.{how}" for name in names.split() for how in ("probability", "explicit", "deterministic"))


READ = _names("net-file route-files additional-files begin end")

FILES = _names("weight-files astar.all-distances astar.landmark-distances phemlight-path device.fcd-replay.files")
FOLDERS = frozenset({"phemlight-path"})  # among FILES

PASSED_ON = _devices(
    "device.rerouting person-device.rerouting device.battery device.stationfinder device.toc device.driverstate "
    "device.bluelight device.elechybrid device.taxi device.glosa device.friction device.fcd-replay"
) | _names("""
weight-attribute junction-taz step-length step-method.ballistic extrapolate-departpos threads thread-rngs
lateral-resolution route-steps no-internal-links ignore-junction-blocker ignore-route-errors ignore-accidents
collision.stoptime intermodal-collision.stoptime collision.check-junctions collision.check-junctions.mingap
collision.mingap-factor max-num-vehicles max-num-persons scale scale-suffix time-to-teleport.remove-constraint
waiting-time-memory startup-wait-threshold sloppy-insert eager-insert emergency-insert insertion-checks
random-depart-offset lanechange.duration lanechange.overtake-right tls.actuated.jam-threshold
tls.actuated.detector-length tls.delay_based.detector-range tls.yellow.min-decel railsignal-moving-block
railsignal.moving-block.default-classes railsignal.moving-block.max-dist railsignal.max-block-length
railsignal.default-classes slope-centered time-to-impatience default.departspeed default.departlane
default.action-step-length default.carfollowmodel default.speeddev default.emergencydecel overhead-wire.solver
overhead-wire.recuperation overhead-wire.substation-current-limits parking.maneuver use-stop-ended use-stop-started
pedestrian.model pedestrian.timegap-crossing pedestrian.striping.stripe-width pedestrian.striping.dawdling
pedestrian.striping.mingap-to-vehicle pedestrian.striping.jamtime pedestrian.striping.jamtime.crossing
pedestrian.striping.jamtime.narrow pedestrian.striping.jamfactor pedestrian.striping.reserve-oncoming
pedestrian.striping.reserve-oncoming.junctions pedestrian.striping.reserve-oncoming.max
pedestrian.striping.legacy-departposlat pedestrian.striping.walkingarea-detail pedestrian.jupedsim.step-length
pedestrian.jupedsim.exit-tolerance pedestrian.jupedsim.model pedestrian.jupedsim.strength-neighbor-repulsion
pedestrian.jupedsim.range-neighbor-repulsion pedestrian.jupedsim.strength-geometry-repulsion
pedestrian.jupedsim.range-geometry-repulsion ride.stop-tolerance mapmatch.distance mapmatch.junctions mapmatch.taz
weights.turnaround-penalty weights.reversal-penalty persontrip.walk-opposite-factor routing-algorithm
weights.random-factor weights.random-factor.dynamic weights.minor-penalty weights.tls-penalty
weights.priority-factor weights.separate-turns persontrip.walkfactor persontrip.transfer.car-walk
persontrip.transfer.taxi-walk persontrip.transfer.walk-taxi persontrip.default.group persontrip.taxi.waiting-time
persontrip.ride-public-line railway.max-train-length replay-rerouting device.rerouting.period
device.rerouting.pre-period device.rerouting.adaptation-weight device.rerouting.adaptation-steps
device.rerouting.adaptation-interval device.rerouting.cch-update-threshold.factor
device.rerouting.cch-update-threshold.constant device.rerouting.cch-ensemble device.rerouting.threshold.factor
device.rerouting.threshold.constant device.rerouting.invalidation device.rerouting.with-taz device.rerouting.mode
device.rerouting.init-with-loaded-weights device.rerouting.threads device.rerouting.synchronize
device.rerouting.railsignal device.rerouting.bike-speeds person-device.rerouting.period person-device.rerouting.mode
person-device.rerouting.scope phemlight-year phemlight-temperature device.stationfinder.rescueTime
device.stationfinder.rescueAction device.stationfinder.reserveFactor device.stationfinder.emptyThreshold
device.stationfinder.radius device.stationfinder.maxEuclideanDistance device.stationfinder.repeat
device.stationfinder.chargeType device.stationfinder.waitForCharge device.stationfinder.minOpportunityDuration
device.stationfinder.saturatedChargeLevel device.stationfinder.needToChargeLevel
device.stationfinder.opportunisticChargeLevel device.stationfinder.replacePlannedStop
device.stationfinder.maxDistanceToReplacedStop device.stationfinder.chargingStrategy
device.stationfinder.checkEnergyForRoute device.battery.track-fuel device.toc.manualType device.toc.automatedType
device.toc.responseTime device.toc.recoveryRate device.toc.lcAbstinence device.toc.initialAwareness
device.toc.mrmDecel device.toc.dynamicToCThreshold device.toc.dynamicMRMProbability device.toc.mrmKeepRight
device.toc.mrmSafeSpot device.toc.mrmSafeSpotDuration device.toc.maxPreparationAccel device.toc.ogNewTimeHeadway
device.toc.ogNewSpaceHeadway device.toc.ogMaxDecel device.toc.ogChangeRate device.driverstate.initialAwareness
device.driverstate.errorTimeScaleCoefficient device.driverstate.errorNoiseIntensityCoefficient
device.driverstate.speedDifferenceErrorCoefficient device.driverstate.headwayErrorCoefficient
device.driverstate.freeSpeedErrorCoefficient device.driverstate.speedDifferenceChangePerceptionThreshold
device.driverstate.headwayChangePerceptionThreshold device.driverstate.minAwareness
device.driverstate.maximalReactionTime device.bluelight.reactiondist device.bluelight.mingapfactor
device.taxi.dispatch-algorithm device.taxi.dispatch-algorithm.params device.taxi.dispatch-period
device.taxi.dispatch-keep-unreachable device.taxi.idle-algorithm device.taxi.vclasses device.glosa.range
device.glosa.max-speedfactor device.glosa.min-speed device.glosa.add-switchtime device.glosa.use-queue
device.glosa.override-safety device.glosa.ignore-cfmodel device.friction.stdDev device.friction.offset
device.fcd-replay.consistency
""")


@dataclass(frozen=True)
class Replacement:
    """What a run takes instead of an option's value in a .sumocfg, and why. `off_at_0`: 0 does the same as -1."""

    value: str
    why: str
    off_at_0: bool = False


_NO_TELEPORTS = "no vehicle or person is lifted out of a jam: a gridlock stays one and is reported"
_BY_THE_RUN = "each run has a seed of its own, so that it repeats and is compared with its like"

REPLACED: Mapping[str, Replacement] = {
    "time-to-teleport": Replacement("-1", _NO_TELEPORTS, off_at_0=True),
    "time-to-teleport.highways": Replacement("-1", _NO_TELEPORTS, off_at_0=True),
    "time-to-teleport.disconnected": Replacement("-1", _NO_TELEPORTS),
    "time-to-teleport.ride": Replacement("-1", _NO_TELEPORTS),
    "time-to-teleport.bidi": Replacement("-1", _NO_TELEPORTS),
    "time-to-teleport.railsignal-deadlock": Replacement("-1", _NO_TELEPORTS),
    "max-depart-delay": Replacement("-1", "who cannot get in waits outside and counts with that delay"),
    "collision.action": Replacement("warn", "vehicles that touch stay in the run, and no trip is lost"),
    "intermodal-collision.action": Replacement("warn", "persons that are touched stay in the run"),
    "seed": Replacement("--seed", _BY_THE_RUN),
    "random": Replacement("false", _BY_THE_RUN),
    "remote-port": Replacement("0", "no other program steers the run"),
}

IN_EVERY_RUN: Mapping[str, str] = {
    name: REPLACED[name].value for name in ("time-to-teleport", "max-depart-delay", "collision.action")
}
"""Those of REPLACED that SUMO would do otherwise if it were not told."""

REFUSED: Mapping[str, str] = {
    "mesosim": "the mesoscopic model has no lanes and no vehicle log to measure queues and delays at signals by; "
    "take it out, and SUMO simulates every vehicle",
    "load-state": "a run starts on empty streets and fills them itself; take it out and give scenario.toml a "
    "warm_up_s (a .sumocfg can be named in one)",
    "tls.all-off": "its signals are off, so there is nothing to control or to compare; take it out",
}

OUTPUT = _devices(
    "device.emissions device.btreceiver device.btsender person-device.btreceiver person-device.btsender device.example "
    "device.ssm device.fcd person-device.fcd device.tripinfo device.vehroute"
) | _names("""
write-license write-metadata output-prefix output-suffix precision precision.geo output.compression output.format
output.column-header output.column-separator human-readable-time netstate-dump netstate-dump.empty-edges
netstate-dump.precision emission-output emission-output.precision emission-output.geo emission-output.step-scaled
emission-output.attributes battery-output battery-output.precision elechybrid-output elechybrid-output.precision
elechybrid-output.aggregated chargingstations-output chargingstations-output.aggregated
chargingstations-output.aggregated.write-unfinished overheadwiresegments-output substations-output
substations-output.precision fcd-output fcd-output.geo fcd-output.utm fcd-output.signals fcd-output.distance
fcd-output.acceleration fcd-output.speed-relative fcd-output.max-leader-distance fcd-output.params
fcd-output.filter-edges.input-file fcd-output.attributes fcd-output.filter-shapes fcd-output.skip-empty
person-fcd-output device.ssm.filter-edges.input-file full-output queue-output queue-output.period
queue-output.aggregation queue-output.speed-threshold queue-output.percentile queue-output.skip-empty vtk-output
amitran-output summary-output summary-output.period person-summary-output tripinfo-output
tripinfo-output.write-unfinished tripinfo-output.write-undeparted personinfo-output vehroute-output
vehroute-output.exit-times vehroute-output.last-route vehroute-output.sorted vehroute-output.dua vehroute-output.cost
vehroute-output.intended-depart vehroute-output.route-length vehroute-output.write-unfinished
vehroute-output.skip-ptlines vehroute-output.incomplete vehroute-output.stop-edges vehroute-output.speedfactor
vehroute-output.internal personroute-output link-output railsignal-block-output railsignal-vehicle-output bt-output
lanechange-output lanechange-output.started lanechange-output.ended lanechange-output.xy stop-output
stop-output.write-unfinished collision-output edgedata-output lanedata-output statistic-output deadlock-output
save-state.times save-state.period save-state.period.keep save-state.prefix save-state.suffix save-state.files
save-state.rng save-state.transportables save-state.constraints save-state.precision pedestrian.jupedsim.wkt
pedestrian.jupedsim.wkt.geo pedestrian.jupedsim.py device.rerouting.output device.btreceiver.range
device.btreceiver.all-recognitions device.btreceiver.offtime device.example.parameter device.ssm.measures
device.ssm.thresholds device.ssm.trajectories device.ssm.range device.ssm.extratime device.ssm.mdrac.prt
device.ssm.file device.ssm.geo device.ssm.write-positions device.ssm.write-lane-positions device.ssm.write-na
device.ssm.exclude-conflict-types device.toc.file device.emissions.begin device.emissions.period
emissions.volumetric-fuel device.fcd.begin device.fcd.period device.fcd.radius person-device.fcd.period
device.taxi.dispatch-algorithm.output device.taxi.idle-algorithm.output keep-after-arrival
""")

NO_TRAFFIC = _names("""
configuration-file save-configuration save-configuration.relative save-template save-schema save-commented verbose
print-options help version xml-validation xml-validation.net xml-validation.routes no-warnings aggregate-warnings log
message-log error-log log.timestamps log.processid language duration-log.disable duration-log.statistics no-step-log
step-log.period emergencydecel.warning-threshold gui-settings-file quit-on-end game game.mode start delay breakpoints
edgedata-files alternative-net-file selection-file demo disable-textures registry-viewport window-size window-pos
tracker-interval gui-testing gui-testing-debug gui-testing.setting-output tls.actuated.show-detectors
device.toc.useColorScheme num-clients load-state.offset load-state.remove-vehicles time-to-teleport.highways.min-speed
time-to-teleport.remove max-num-teleports meso-ltm meso-edgelength meso-tauff meso-taufj meso-taujf meso-taujj
meso-jam-threshold meso-multi-queue meso-lane-queue meso-ignore-lanes-by-vclass meso-junction-control
meso-junction-control.limited meso-tls-penalty meso-tls-flow-penalty meso-minor-penalty meso-overtaking meso-recheck
meso-interpolate-pos
""")

OTHER_BUILDS = _names("osg-view")
"""As NO_TRAFFIC, of a `sumo-gui` built with OpenSceneGraph; the `sumo` that runs here does not know them."""

ALL = OTHER_BUILDS | READ | FILES | PASSED_ON | REPLACED.keys() | REFUSED.keys() | OUTPUT | NO_TRAFFIC

_KNOWN_VEHICLES = (
    "device.rerouting person-device.rerouting device.emissions device.btreceiver device.btsender "
    "person-device.btsender person-device.btreceiver device.stationfinder device.battery device.example device.ssm "
    "device.toc device.driverstate device.bluelight device.fcd person-device.fcd device.elechybrid device.taxi "
    "device.glosa device.tripinfo device.vehroute device.friction device.fcd-replay"
)
_VEHROUTES = "exit-times last-route sorted dua intended-depart route-length"
_ROUTING = "period pre-period adaptation-weight adaptation-steps adaptation-interval with-taz"

SYNONYMS: Mapping[str, str] = {
    **{f"{device}.knownveh": f"{device}.explicit" for device in _KNOWN_VEHICLES.split()},
    **{f"vehroutes.{name}": f"vehroute-output.{name}" for name in _VEHROUTES.split()},
    **{f"device.routing.{name}": f"device.rerouting.{name}" for name in _ROUTING.split()},
    "person-device.routing.period": "person-device.rerouting.period",
    "c": "configuration-file", "configuration": "configuration-file", "C": "save-configuration",
    "save-config": "save-configuration", "save-config.relative": "save-configuration.relative",
    "save-template.commented": "save-commented", "n": "net-file", "net": "net-file", "r": "route-files",
    "routes": "route-files", "a": "additional-files", "additional": "additional-files", "w": "weight-files",
    "weights": "weight-files", "measure": "weight-attribute", "x": "weight-attribute", "H": "human-readable-time",
    "ndump": "netstate-dump", "netstate": "netstate-dump", "netstate-output": "netstate-dump",
    "dump-empty-edges": "netstate-dump.empty-edges", "netstate-output.empty-edges": "netstate-dump.empty-edges",
    "netstate.empty-edges": "netstate-dump.empty-edges", "dump-precision": "netstate-dump.precision",
    "netstate-output.precision": "netstate-dump.precision", "netstate.precision": "netstate-dump.precision",
    "person-fcd": "person-fcd-output", "summary": "summary-output", "tripinfo": "tripinfo-output",
    "personinfo": "personinfo-output", "vehroutes": "vehroute-output", "personroutes": "personroute-output",
    "statistics-output": "statistic-output", "b": "begin", "e": "end", "s": "route-steps",
    "railsignal.moving-block": "railsignal-moving-block", "carfollow.model": "default.carfollowmodel",
    "with-taz": "device.rerouting.with-taz", "routing-threads": "device.rerouting.threads", "v": "verbose",
    "?": "help", "V": "version", "X": "xml-validation", "W": "no-warnings", "suppress-warnings": "no-warnings",
    "l": "log", "log-file": "log", "no-duration-log": "duration-log.disable", "t": "duration-log.statistics",
    "taxi.vclasses": "device.taxi.vclasses", "device.fcd-replay.file": "device.fcd-replay.files",
    "meso.ignore-lanes.by-vclass": "meso-ignore-lanes-by-vclass", "abs-rand": "random", "srand": "seed",
    "g": "gui-settings-file", "Q": "quit-on-end", "G": "game", "S": "start", "d": "delay", "B": "breakpoints",
    "data-files": "edgedata-files", "m": "edgedata-files", "N": "alternative-net-file", "D": "demo",
    "T": "disable-textures",
}  # fmt: skip

ROUTER = _names("""
scale scale-suffix ignore-route-errors routing-algorithm junction-taz no-internal-links weight-files weight-attribute
astar.all-distances astar.landmark-distances mapmatch.distance mapmatch.junctions mapmatch.taz
weights.turnaround-penalty weights.reversal-penalty weights.random-factor weights.minor-penalty weights.tls-penalty
weights.priority-factor persontrip.walk-opposite-factor persontrip.walkfactor persontrip.transfer.car-walk
persontrip.transfer.taxi-walk persontrip.transfer.walk-taxi persontrip.taxi.waiting-time persontrip.ride-public-line
railway.max-train-length
""")
"""Options of PASSED_ON and FILES that change routes and that `duarouter` has, too."""

ROUTER_NAMES: Mapping[str, str] = {"ignore-route-errors": "ignore-errors"}

NO_DEVICE, EVERY_DEVICE = "1e-9", "1"
MEASURED = frozenset({"device.emissions", "device.fcd", "device.tripinfo"})
DRAWING = frozenset(name.removesuffix(".probability") for name in OUTPUT if name.endswith(".probability"))
"""Devices that only write."""

FALSE = frozenset({"false", "0", "no", "off", "f", "-"})  # as SUMO reads a boolean, whatever its case


def is_off(value: str) -> bool:
    """Whether a boolean option is off."""
    return value.strip().lower() in FALSE


def long_name(name: str) -> str:
    """An option's name of today."""
    return SYNONYMS.get(name, name)


def similar(name: str) -> list[str]:
    """Options that are spelt much as an unknown one, at most three."""
    return get_close_matches(name, sorted(ALL), 3)


def refusal(options: Mapping[str, str]) -> str:
    """Why a run cannot do what these options say: `option value: reason; next step`; '' if it can."""
    for name, why in REFUSED.items():
        value = options.get(name, "")
        if value and not (name != "load-state" and is_off(value)):
            return f"{name} {value[:80]!r}: {why}"
    return ""


def draws(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Options that keep SUMO's draws as they were, of devices that only write: nobody gets one, or all if measured by.

    Which vehicles have a device of any kind is drawn from one sequence of random numbers, those that reroute, too.
    """
    for device in sorted(DRAWING):
        probability = options.get(f"{device}.probability", "")
        if _above_0(probability) and is_off(options.get(f"{device}.deterministic", "false")):
            yield f"{device}.probability", EVERY_DEVICE if device in MEASURED else NO_DEVICE


def _above_0(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def replaced(options: Mapping[str, str]) -> Iterator[str]:
    """What a run does otherwise than these options say, a line for each: `option: given value, run with ...`."""
    for name, instead in REPLACED.items():
        value = options.get(name, instead.value)
        if not _same(value, instead):
            yield f"{name}: {value[:80]} in the .sumocfg, {instead.value} in the run: {instead.why}"


def _same(value: str, instead: Replacement) -> bool:
    if instead.value == "false":
        return is_off(value)
    if instead.value != "-1":
        return value == instead.value
    try:
        return float(value) < 0 or (instead.off_at_0 and float(value) == 0)
    except ValueError:
        return False  # a time as 0:05:00
