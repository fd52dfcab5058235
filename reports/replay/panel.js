"use strict";
// What is said of a junction: its numbers and its plan, of each run. Texts from outside are put in as text alone.

function element(tag, text, ...children) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function grid(headings, rows) {
  const cells = (row, tag) => element("tr", null, ...row.map(cell => element(tag, cell === null ? "–" : String(cell))));
  return element("table", null, element("thead", null, cells(headings, "th")), element("tbody", null, ...rows.map(row => cells(row, "td"))));
}

function junctionOf(run, signal) {
  return Object.hasOwn(run.junctions, signal) ? run.junctions[signal] : null;
}

function showPanel(panel, runs, signal, close) {
  const named = runs.map(run => junctionOf(run, signal)).find(Boolean);
  const button = element("button", "Close");
  button.addEventListener("click", close);
  panel.replaceChildren(button, element("h2", named ? named.name : signal), element("p", "Signal " + signal));
  for (const run of runs) {
    const junction = junctionOf(run, signal);
    panel.append(element("h3", run.label));
    const now = element("p", "");
    now.className = "now";
    panel.append(now);
    if (!junction) continue;
    const about = element("div", null, grid(["Approach", "veh", "delay, s", "LOS", "queue, veh", "back, m"], junction.approaches));
    about.className = "wide";
    panel.append(about);
    if (junction.stages.length) {
      panel.append(element("p", junction.cycle ? `Plan as shown, mean cycle ${junction.cycle} s` : "Plan as shown"),
                   grid(["Stage", "times", "mean, s", "least", "most"], junction.stages));
    }
  }
  panel.append(element("p", "Numbers are of the whole measured period: control delay, mean queue, 95th percentile of the back of the queue over time."));
  panel.hidden = false;
}

function stageNow(run, signal, t) {
  const {stage, since} = stateOf(run, signal, t), junction = junctionOf(run, signal);
  if (stage < 0) return "Now: between two stages";
  return `Now: stage ${junction && junction.names ? junction.names[stage] : stage + 1}, for ${Math.floor(t - since)} s`;
}

function updatePanel(panel, runs, signal, t) {
  panel.querySelectorAll(".now").forEach((line, k) => { line.textContent = stageNow(runs[k], signal, t); });
}
