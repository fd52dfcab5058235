"use strict";
// One run at one moment on one canvas.

const SINES = Float32Array.from({length: 256}, (_, k) => Math.sin(k * Math.PI / 128));
const SMALL_SCALE = 1.3;  // pixels a metre below which a vehicle is a dot,
const TINY_SCALE = 0.15;  // and below which a stop line is none
const QUEUE = "rgba(213, 94, 0, 0.35)";
const WALKER = 6, LEAST_QUEUE_M = 1;

function readRun(packed) {
  const way = traces(packed.arrays), rows = packed.queues.times.length;
  const back = group => packed.arrays.back.subarray(group * rows, (group + 1) * rows);
  return {...packed, way, queueTimes: packed.queues.times,
          backs: packed.queues.groups.map((group, k) => ({group, back: back(k)})), bins: [], now: {vehicles: 0, standing: 0, walkers: 0}};
}

// Where everybody on the screen is at t seconds, by kind: x, y, direction and length, in pixels.
function place(run, t, view, width, height) {
  const {n, first, begin, count, kind, length, x, y, turn} = run.way;
  const exact = t / run.step, step = Math.floor(exact), share = exact - step;
  const s = view.scale, left = width / 2 - view.x * s, top = height / 2 + view.y * s, margin = 20 * s + 4;
  const bins = run.bins, now = {vehicles: 0, standing: 0, walkers: 0};
  bins.forEach(bin => { bin.length = 0; });
  for (let i = 0; i < n && begin[i] <= step; i++) {
    const k = step - begin[i];
    if (k >= count[i]) continue;
    const at = first[i] + k, next = k + 1 < count[i] ? at + 1 : at, own = kind[i];
    const stands = next !== at && x[next] === x[at] && y[next] === y[at];
    if (own === WALKER) now.walkers++; else { now.vehicles++; if (stands) now.standing++; }
    const px = left + (x[at] + (x[next] - x[at]) * share) * s, py = top - (y[at] + (y[next] - y[at]) * share) * s;
    if (px < -margin || py < -margin || px > width + margin || py > height + margin) continue;
    const bin = bins[own] || (bins[own] = []);
    if (s < SMALL_SCALE) { bin.push(px, py, 0, 0); continue; }
    const bend = (turn[next] - turn[at] + 128 & 255) - 128;
    bin.push(px, py, turn[at] + Math.round(bend * share) & 255, length[i] / 10 * s);
  }
  run.now = now;
}

function drawRun(context, map, run, kinds, t, view, width, height, ratio) {
  drawQueues(context, map, run, t, view, width, height, ratio);
  if (view.scale >= TINY_SCALE) drawSignals(context, map, run, t, view, width, height, ratio);
  place(run, t, view, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  run.bins.forEach((bin, own) => {
    if (!bin || !bin.length) return;
    context.fillStyle = kinds[own].colour;
    if (own === WALKER) dots(context, bin, Math.min(Math.max(Math.round(view.scale * 0.7), 2), 8));
    else if (view.scale < SMALL_SCALE) dots(context, bin, view.scale < TINY_SCALE ? 2 : Math.max(Math.round(view.scale * 3.5), 3));
    else bodies(context, bin, view.scale);
  });
}

function dots(context, bin, size) {
  const half = size / 2;
  for (let k = 0; k < bin.length; k += 4) context.fillRect(Math.round(bin[k] - half), Math.round(bin[k + 1] - half), size, size);
}

// Vehicles from their fronts backwards, in one path.
function bodies(context, bin, scale) {
  const half = Math.max(0.9 * scale, 1);
  context.beginPath();
  for (let k = 0; k < bin.length; k += 4) {
    const x = bin[k], y = bin[k + 1], east = SINES[bin[k + 2] + 64 & 255], north = SINES[bin[k + 2]];
    const bx = east * bin[k + 3], by = -north * bin[k + 3], wx = north * half, wy = east * half;
    context.moveTo(x - wx * 0.6, y - wy * 0.6);
    context.lineTo(x + wx * 0.6, y + wy * 0.6);
    context.lineTo(x - bx * 0.25 + wx, y - by * 0.25 + wy);
    context.lineTo(x - bx + wx, y - by + wy);
    context.lineTo(x - bx - wx, y - by - wy);
    context.lineTo(x - bx * 0.25 - wx, y - by * 0.25 - wy);
    context.closePath();
  }
  context.fill();
}

function drawQueues(context, map, run, t, view, width, height, ratio) {
  const at = lastBefore(run.queueTimes, t);
  if (at < 0) return;
  if (run.queueAt !== at) {
    run.queueAt = at;
    run.queuePath = new Path2D();
    for (const {group, back} of run.backs)
      if (back[at] >= LEAST_QUEUE_M) for (const lane of map.queues.get(group) || []) queued(run.queuePath, lane, back[at]);
  }
  inMetres(context, view, width, height, ratio);
  context.strokeStyle = QUEUE;
  context.lineWidth = Math.max(3.2, 4 / view.scale);
  context.stroke(run.queuePath);
}

// What each signal shows at t; '' where nothing is known.
function stateOf(run, signal, t) {
  const own = Object.hasOwn(run.signals, signal) ? run.signals[signal] : null;
  const at = own ? lastBefore(own.times, t) : -1;
  return at < 0 ? {state: "", stage: -1, since: 0} : {state: own.states[own.shown[at]], stage: own.stages[at], since: own.times[at]};
}

function drawSignals(context, map, run, t, view, width, height, ratio) {
  const states = new Map(map.signals.map(({signal}) => [signal, stateOf(run, signal, t).state]));
  const bars = new Map();
  const tick = Math.max(2.5, 4 / view.scale);
  const east = width / 2 / view.scale + 20, north = height / 2 / view.scale + 20;
  for (const head of map.heads) {
    if (Math.abs(head.x0 - view.x) > east || Math.abs(head.y0 - view.y) > north) continue;
    const letter = states.get(head.signal)[head.link], colour = SHOWN[letter];
    if (!colour) continue;
    if (!bars.has(colour)) bars.set(colour, new Path2D());
    const path = bars.get(colour);
    if (colour === SHOWN.g) {  // open: along the lane; closed: across it
      const x = (head.x0 + head.x1) / 2, y = (head.y0 + head.y1) / 2;
      path.moveTo(x - head.east * tick / 4, y - head.north * tick / 4);
      path.lineTo(x + head.east * tick, y + head.north * tick);
    } else {
      path.moveTo(head.x0, head.y0);
      path.lineTo(head.x1, head.y1);
    }
  }
  inMetres(context, view, width, height, ratio);
  context.lineWidth = Math.max(0.9, 2 / view.scale);
  for (const [colour, path] of bars) { context.strokeStyle = colour; context.stroke(path); }
  if (view.scale > 1.5) drawWalks(context, map, states);
}

function drawWalks(context, map, states) {
  const walk = new Path2D();
  for (const line of map.crossings)
    if ("gG".includes(states.get(line.signal)[line.links[0]] || "r")) polyline(walk, line, false);
  context.strokeStyle = "rgba(0, 158, 115, 0.55)";
  context.lineWidth = 1.2;
  context.stroke(walk);
}
