"""Synchro's reports in their layout, with figures of our own: wide labels, tabs, a head and a foot."""

from collections.abc import Mapping, Sequence

COLUMNS = ("EBL", "EBT", "EBR", "WBL", "WBT", "WBR", "NBL", "NBT", "NBR", "SBL", "SBT", "SBR")
PERCENTILE = {
    "Lane Configurations": {"EBL": "1", "EBT": "2>", "EBR": "0"},
    "Satd. Flow (prot)": {"EBL": "1770", "EBT": "3500"},
    "v/c Ratio": {"EBL": "0.61", "EBT": "0.72", "NBT": "1.18dl"},
    "Control Delay (s/veh)": {"EBL": "48.1", "EBT": "25.5", "NBT": "33.0"},
    "Queue Delay": {"EBL": "0.0", "EBT": "0.4", "NBT": "0.0"},
    "Total Delay (s/veh)": {"EBL": "48.1", "EBT": "25.9", "NBT": "33.0"},
    "LOS": {"EBL": "D", "EBT": "C", "NBT": "C"},
    "Approach Delay (s/veh)": {"EBT": "28.1"},
    "Approach LOS": {"EBT": "C"},
    "Queue Length 50th (ft)": {"EBL": "~50", "EBT": "180"},
    "Queue Length 95th (ft)": {"EBL": "#100", "EBT": "m250"},
}
PERCENTILE_SUMMARY = (
    "Offset: 20 (22%), Referenced to phase 2:WBT and 6:EBT, Start of Green",
    "Intersection Signal Delay (s/veh): 28.9\t\t\t\t\tIntersection LOS: C",
    "Intersection Capacity Utilization 65.6%\t\t\t\t\tICU Level of Service F",
)
HCM = {
    "V/C Ratio(X)": {"EBL": "0.60", "EBT": "0.71", "EBR": "0.73", "NBL": "0.00", "NBT": "0.00", "NBR": "0.52"},
    "Uniform Delay (d), s/veh": {"EBL": "8.3", "EBT": "8.3"},
    "%ile BackOfQ(95%),veh/ln": {"EBL": "9.9", "EBR": "4.0", "NBR": "2.0"},
    "LnGrp Delay(d),s/veh": {"EBL": "50.2", "EBT": "24.1", "EBR": "25.0", "NBL": "0.0", "NBT": "0.0", "NBR": "34.0"},
    "LnGrp LOS": {"EBL": "D", "EBT": "C", "EBR": "C", "NBR": "C"},
}
HCM_SUMMARY = ("HCM 6th Ctrl Delay\t\t\t\t29.4", "HCM 6th LOS\t\t\t\tC")


def block(
    node: str, first: str, rows: Mapping[str, Mapping[str, str]], summary: Sequence[str], title: str = "A study"
) -> str:
    """One page of a report."""
    lines = [title, f"{node}\t10/02/2024", "", _row(first, dict(zip(COLUMNS, COLUMNS, strict=True)))]
    lines += [_row(label, cells) for label, cells in rows.items()]
    return "\r\n".join(
        [*lines, "", "Intersection Summary", *summary, "", "Baseline\tSynchro 12 Report", "\tPage 1", ""]
    )


def _row(label: str, cells: Mapping[str, str]) -> str:
    return f"{label:<34}\t\t" + "\t".join(f"{cells.get(column, ''):<5}" for column in COLUMNS)


def report(node: str = "1: Main St & Oak St") -> str:
    """Both reports of one signal."""
    return block(node, "Lane Group", PERCENTILE, PERCENTILE_SUMMARY) + block(node, "Movement", HCM, HCM_SUMMARY)
