"use strict";
// The map: what is drawn once for a view, and where signals and queues are.

const COLOURS = {land: "#f6f5f1", road: "#d3d3d0", pavement: "#e9e4d8", rail: "#bdb3a2", crossing: "#fbfbfb", name: "#333"};
const SHOWN = {r: "#D55E00", u: "#D55E00", y: "#F0E442", Y: "#F0E442", g: "#009E73", G: "#009E73", s: "#009E73"};
const STROKED = {lane: "road", pavement: "pavement", rail: "rail", crossing: "crossing"};
const MOST_NAMES = 400;

function readMap(packed) {
  const a = packed.arrays, names = packed.names, lines = [];
  for (let i = 0, at = 0; i < a.size.length; at += a.size[i++]) {
    const xs = [], ys = [];
    for (let k = at; k < at + a.size[i]; k++) { xs.push(a.x[k] / 10); ys.push(a.y[k] / 10); }
    const links = names.links[a.links[i]];
    lines.push({
      kind: names.kind[a.kind[i]], name: names.name[a.name[i]], group: names.group[a.group[i]], startM: a.start[i],
      width: a.width[i], signal: names.signal[a.signal[i]], links: links ? links.split(" ").map(Number) : [], xs, ys,
    });
  }
  const drawn = lines.filter(line => line.xs.length > 1);
  return {areas: areas(drawn), strokes: strokes(drawn), heads: heads(drawn), crossings: shownCrossings(drawn),
          queues: queueLanes(drawn), names: streetNames(drawn), box: box(drawn), signals: signalPlaces(drawn)};
}

function polyline(path, line, close) {
  line.xs.forEach((x, k) => k ? path.lineTo(x, line.ys[k]) : path.moveTo(x, line.ys[k]));
  if (close) path.closePath();
}

function areas(lines) {
  const found = {walkingarea: new Path2D(), junction: new Path2D()};
  for (const line of lines) if (found[line.kind]) polyline(found[line.kind], line, true);
  return found;
}

function strokes(lines) {
  const found = new Map();
  for (const line of lines) {
    if (!STROKED[line.kind]) continue;
    const key = line.kind + " " + line.width;
    if (!found.has(key)) found.set(key, {kind: line.kind, width: line.width, path: new Path2D()});
    polyline(found.get(key).path, line, false);
  }
  const order = ["pavement", "rail", "lane", "crossing"];
  return [...found.values()].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

// One bar a link at the end of each lane with a signal, side by side, and a tick ahead for green.
function heads(lines) {
  const found = [];
  for (const line of lines) {
    if (!line.signal || line.kind === "crossing") continue;
    const n = line.xs.length, x = line.xs[n - 1], y = line.ys[n - 1];
    const length = Math.hypot(x - line.xs[n - 2], y - line.ys[n - 2]) || 1;
    const east = (x - line.xs[n - 2]) / length, north = (y - line.ys[n - 2]) / length;
    const part = line.width / line.links.length;
    line.links.forEach((link, k) => {
      const from = line.width / 2 - k * part - part * 0.1, to = from - part * 0.8;  // from the left, which turns last
      found.push({signal: line.signal, link: line.links[line.links.length - 1 - k], x0: x - north * from, y0: y + east * from,
                  x1: x - north * to, y1: y + east * to, east, north});
    });
  }
  return found;
}

function shownCrossings(lines) {
  return lines.filter(line => line.signal && line.kind === "crossing");
}

function queueLanes(lines) {
  const found = new Map();
  for (const line of lines) {
    if (!line.group) continue;
    const lengths = [0];
    for (let k = 1; k < line.xs.length; k++)
      lengths.push(lengths[k - 1] + Math.hypot(line.xs[k] - line.xs[k - 1], line.ys[k] - line.ys[k - 1]));
    if (!found.has(line.group)) found.set(line.group, []);
    found.get(line.group).push({...line, lengths});
  }
  return found;
}

// The part of a lane that lies within `back` metres of its group's stop line.
function queued(path, lane, back) {
  const total = lane.lengths[lane.lengths.length - 1];
  const from = lane.startM - back, to = Math.min(total, lane.startM);
  if (from >= to) return;
  let drawing = false;
  for (let k = 1; k < lane.xs.length; k++) {
    const a = lane.lengths[k - 1], b = lane.lengths[k];
    if (b <= from || b <= a) continue;
    const share = Math.max(0, (from - a) / (b - a));
    if (!drawing) path.moveTo(lane.xs[k - 1] + (lane.xs[k] - lane.xs[k - 1]) * share, lane.ys[k - 1] + (lane.ys[k] - lane.ys[k - 1]) * share);
    drawing = true;
    path.lineTo(lane.xs[k], lane.ys[k]);
  }
}

function streetNames(lines) {
  const found = [];
  for (const line of lines) {
    if (!line.name || line.kind !== "lane") continue;
    const n = line.xs.length, east = line.xs[n - 1] - line.xs[0], north = line.ys[n - 1] - line.ys[0];
    found.push({name: line.name, x: (line.xs[0] + line.xs[n - 1]) / 2, y: (line.ys[0] + line.ys[n - 1]) / 2,
                length: Math.hypot(east, north), angle: Math.atan2(north, east)});
  }
  return found.sort((one, other) => other.length - one.length);
}

function box(lines) {
  const found = {left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity};
  for (const line of lines)
    line.xs.forEach((x, k) => {
      found.left = Math.min(found.left, x); found.right = Math.max(found.right, x);
      found.bottom = Math.min(found.bottom, line.ys[k]); found.top = Math.max(found.top, line.ys[k]);
    });
  return lines.length ? found : {left: 0, right: 100, bottom: 0, top: 100};
}

function signalPlaces(lines) {
  const sums = new Map();
  for (const line of lines) {
    if (!line.signal) continue;
    const n = line.xs.length - 1, sum = sums.get(line.signal) || {x: 0, y: 0, n: 0};
    sum.x += line.xs[n]; sum.y += line.ys[n]; sum.n++;
    sums.set(line.signal, sum);
  }
  return [...sums].map(([signal, sum]) => ({signal, x: sum.x / sum.n, y: sum.y / sum.n}));
}

// Everything that does not move, on a canvas of its own.
function drawMap(canvas, map, view, width, height, ratio) {
  canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d", {alpha: false});
  context.fillStyle = COLOURS.land;
  context.fillRect(0, 0, canvas.width, canvas.height);
  inMetres(context, view, width, height, ratio);
  context.lineJoin = "round";
  context.fillStyle = COLOURS.pavement;
  context.fill(map.areas.walkingarea);
  context.fillStyle = COLOURS.road;
  context.fill(map.areas.junction);
  for (const {kind, width: metres, path} of map.strokes) {
    context.strokeStyle = COLOURS[STROKED[kind]];
    context.setLineDash(kind === "crossing" ? [0.6, 0.6] : []);
    context.lineWidth = Math.max(metres - (kind === "lane" && view.scale > 2 ? 0.25 : 0), 1 / view.scale);
    if (kind !== "crossing" || view.scale > 1.5) context.stroke(path);
  }
  context.setLineDash([]);
  drawNames(context, map, view, width, height, ratio);
}

function inMetres(context, view, width, height, ratio) {
  const s = view.scale * ratio;
  context.setTransform(s, 0, 0, -s, width * ratio / 2 - view.x * s, height * ratio / 2 + view.y * s);
}

function drawNames(context, map, view, width, height, ratio) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = `600 ${width < 450 ? 10 : 11}px system-ui, sans-serif`;
  context.textAlign = "center"; context.textBaseline = "middle";
  context.lineWidth = 3; context.lineJoin = "round";
  const taken = [];
  let tried = 0;
  for (const {name, x, y, length, angle} of map.names) {
    const beside = Math.min(8 + 6 * view.scale, 40);  // to the right of the way, where no vehicles are
    const px = width / 2 + (x - view.x) * view.scale + Math.sin(angle) * beside;
    const py = height / 2 - (y - view.y) * view.scale + Math.cos(angle) * beside;
    if (px < 0 || py < 0 || px > width || py > height) continue;
    if (tried++ > MOST_NAMES) return;
    const shown = name.length > 40 ? name.slice(0, 39) + "…" : name, half = context.measureText(shown).width / 2;
    if (half * 2 > Math.max(length * view.scale * 2.2, 125)) continue;
    const upright = Math.cos(angle) < -0.01 ? angle + Math.PI : angle;
    const dx = Math.abs(Math.cos(upright)) * half + 8, dy = Math.abs(Math.sin(upright)) * half + 8;
    const clash = taken.some(o => Math.abs(o.px - px) < o.dx + dx && Math.abs(o.py - py) < o.dy + dy ||
                                  o.name === name && Math.hypot(o.px - px, o.py - py) < 260);
    if (clash || px - dx < 0 || px + dx > width || py - dy < 0 || py + dy > height) continue;
    taken.push({name, px, py, dx, dy});
    context.setTransform(ratio, 0, 0, ratio, px * ratio, py * ratio);
    context.rotate(-upright);
    context.strokeStyle = COLOURS.land; context.strokeText(shown, 0, 0);
    context.fillStyle = COLOURS.name; context.fillText(shown, 0, 0);
  }
}
