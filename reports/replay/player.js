"use strict";
// Time, views, keys and fingers.

const SPEEDS = [1, 2, 4, 8, 16, 30, 60], NEAR_PX = 40, CLICK_PX = 6, QUIET_MS = 150, MOST_SCALE = 40;
const player = {t: 0, playing: false, speed: 3, view: {x: 0, y: 0, scale: 1}, signal: "", drawn: null, map: null, runs: [], panes: []};
const byId = id => document.getElementById(id);

async function start() {
  const about = JSON.parse(byId("about").textContent);
  const map = await unpacked("map");
  player.kinds = map.kinds;
  player.map = readMap(map);
  player.about = about;
  player.duration = about.end - about.begin;
  for (let k = 0; k < about.runs; k++) player.runs.push(readRun(await unpacked("run" + k)));
  player.panes = player.runs.map((run, k) => pane(run, byId("pane" + k)));
  player.ground = document.createElement("canvas");
  legend();
  controls();
  gestures();
  new ResizeObserver(() => { measure(); if (!player.fitted) fit(); ground(); draw(); })
    .observe(player.panes[0].canvas.parentElement);  // the panes are alike, however long their captions get
  byId("loading").remove();
  document.body.dataset.ready = "yes";
}

function pane(run, figure) {
  const canvas = figure.querySelector("canvas");
  const name = figure.querySelector("strong");
  name.textContent = name.title = run.label;
  canvas.setAttribute("aria-label", `Map with the vehicles of ${run.label}`);
  return {run, canvas, context: canvas.getContext("2d", {alpha: false}), said: figure.querySelector("span")};
}

function legend() {
  const used = new Set(player.runs.flatMap(run => [...new Set(run.way.kind)]));
  player.kinds.forEach((kind, k) => {
    if (!used.has(k)) return;
    const mark = element("i", "");
    mark.style.background = kind.colour;
    byId("legend").append(element("span", null, mark, kind.name));
  });
}

function measure() {
  const {clientWidth: width, clientHeight: height} = player.panes[0].canvas.parentElement;
  Object.assign(player, {width, height, ratio: Math.min(window.devicePixelRatio || 1, 2)});
  for (const {canvas} of player.panes) {
    canvas.width = Math.round(width * player.ratio);
    canvas.height = Math.round(height * player.ratio);
  }
}

function fit() {
  const {left, right, bottom, top} = player.map.box;
  const scale = Math.min(player.width / (right - left + 20), player.height / (top - bottom + 20));
  player.least = scale / 2;
  player.view = {x: (left + right) / 2, y: (bottom + top) / 2, scale};
  player.fitted = player.width > 0;
}

function ground() {
  if (!player.width || !player.height) return;
  drawMap(player.ground, player.map, player.view, player.width, player.height, player.ratio);
  player.drawn = {...player.view};
}

// The map as last drawn, moved to where it is now, until there is time to draw it anew.
function drawGround(context) {
  const {view, drawn, width, height, ratio} = player;
  context.setTransform(1, 0, 0, 1, 0, 0);
  if (view.x === drawn.x && view.y === drawn.y && view.scale === drawn.scale) { context.drawImage(player.ground, 0, 0); return; }
  const s = view.scale / drawn.scale, moved = (a, b) => (a - b) * view.scale * ratio;
  context.fillStyle = COLOURS.land;
  context.fillRect(0, 0, width * ratio, height * ratio);
  context.drawImage(player.ground, width * ratio * (1 - s) / 2 - moved(view.x, drawn.x), height * ratio * (1 - s) / 2 + moved(view.y, drawn.y),
                    width * ratio * s, height * ratio * s);
}

function draw() {
  const {map, kinds, t, view, width, height, ratio} = player;
  if (!player.drawn) return;
  for (const {run, context, said} of player.panes) {
    drawGround(context);
    drawRun(context, map, run, kinds, t, view, width, height, ratio);
    ring(context);
    const text = `${run.now.vehicles} vehicles, ${run.now.standing} standing, ${run.now.walkers} walkers`;
    if (said.textContent !== text) said.textContent = text;
  }
  const second = Math.floor(t);
  if (player.second !== second) {
    player.second = second;
    byId("time").value = second;
    byId("clock").textContent = clockText(player.about.begin + second);
    byId("time").setAttribute("aria-valuetext", byId("clock").textContent);
    if (player.signal) updatePanel(byId("panel"), player.runs, player.signal, t);
  }
}

function ring(context) {
  const place = player.signal && player.map.signals.find(one => one.signal === player.signal);
  if (!place) return;
  const {view, width, height, ratio} = player;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.strokeStyle = "#222"; context.lineWidth = 2;
  context.beginPath();
  context.arc(width / 2 + (place.x - view.x) * view.scale, height / 2 - (place.y - view.y) * view.scale, Math.max(16, 14 * view.scale), 0, 7);
  context.stroke();
}

function clockText(seconds) {
  const two = number => String(Math.floor(number)).padStart(2, "0");
  return [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).join(":");
}

function frame(now) {
  if (!player.playing) return;
  const passed = Math.min((now - (player.before ?? now)) / 1000, 0.25);
  player.before = now;
  setTime(player.t + passed * SPEEDS[player.speed]);
  if (player.t >= player.duration) play(false);
  requestAnimationFrame(frame);
}

function setTime(t) {
  player.t = Math.min(Math.max(t, 0), player.duration);
  draw();
}

function play(playing) {
  if (playing && player.t >= player.duration) player.t = 0;
  if (playing && !player.playing) { player.before = undefined; requestAnimationFrame(frame); }
  player.playing = playing;
  byId("play").textContent = playing ? "Pause" : "Play";
}

function setSpeed(speed) {
  player.speed = Math.min(Math.max(speed, 0), SPEEDS.length - 1);
  byId("speed").value = player.speed;
}

function setView(view) {
  player.view = {...view, scale: Math.min(Math.max(view.scale, player.least), MOST_SCALE)};
  clearTimeout(player.quiet);
  player.quiet = setTimeout(() => { ground(); draw(); }, QUIET_MS);
  draw();
}

// Zoom so that the point under the pointer stays there.
function zoom(factor, px = player.width / 2, py = player.height / 2) {
  const {x, y, scale} = player.view, next = Math.min(Math.max(scale * factor, player.least), MOST_SCALE);
  const east = px - player.width / 2, south = py - player.height / 2;
  setView({x: x + east / scale - east / next, y: y - south / scale + south / next, scale: next});
}

function move(dx, dy) {
  const {x, y, scale} = player.view;
  setView({x: x - dx / scale, y: y + dy / scale, scale});
}

function select(signal) {
  player.signal = signal;
  if (signal) { showPanel(byId("panel"), player.runs, signal, () => select("")); updatePanel(byId("panel"), player.runs, signal, player.t); }
  else byId("panel").hidden = true;
  draw();
}

function pick(px, py) {
  const {view, width, height, map} = player;
  let best = "", least = Math.max(NEAR_PX, 15 * view.scale);
  for (const {signal, x, y} of map.signals) {
    const far = Math.hypot(width / 2 + (x - view.x) * view.scale - px, height / 2 - (y - view.y) * view.scale - py);
    if (far < least) { least = far; best = signal; }
  }
  select(best);
}

function controls() {
  const slider = byId("time"), speed = byId("speed");
  slider.max = Math.floor(player.duration);
  slider.addEventListener("input", () => setTime(Number(slider.value)));
  SPEEDS.forEach((factor, k) => speed.append(new Option(`${factor}×`, k)));
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  setSpeed(player.speed);
  byId("play").addEventListener("click", () => play(!player.playing));
  byId("in").addEventListener("click", () => zoom(1.5));
  byId("out").addEventListener("click", () => zoom(1 / 1.5));
  byId("all").addEventListener("click", () => { fit(); setView(player.view); });
  document.addEventListener("keydown", key);
}

const KEYS = {
  " ": () => play(!player.playing), ArrowRight: far => setTime(player.t + (far ? 60 : 5)), ArrowLeft: far => setTime(player.t - (far ? 60 : 5)),
  ArrowUp: () => setSpeed(player.speed + 1), ArrowDown: () => setSpeed(player.speed - 1), "+": () => zoom(1.5), "=": () => zoom(1.5),
  "-": () => zoom(1 / 1.5), "0": () => byId("all").click(), Home: () => setTime(0), End: () => setTime(player.duration), Escape: () => select(""),
};

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  if (event.key === " " && event.target.tagName === "BUTTON" && event.target.id !== "play") return;
  event.preventDefault();
  KEYS[event.key](event.shiftKey);
}

// One finger or the mouse moves the map, two fingers zoom it, a tap asks about a junction.
function gestures() {
  for (const {canvas} of player.panes) {
    const fingers = new Map();
    let travelled = 0;
    const spot = event => { const frame = canvas.getBoundingClientRect(); return {x: event.clientX - frame.left, y: event.clientY - frame.top}; };
    const spread = () => { const [a, b] = [...fingers.values()]; return {far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2}; };
    canvas.addEventListener("pointerdown", event => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, spot(event));
      travelled = fingers.size > 1 ? CLICK_PX : 0;
    });
    canvas.addEventListener("pointermove", event => {
      const before = fingers.get(event.pointerId), now = spot(event);
      if (!before) return;
      travelled += Math.hypot(now.x - before.x, now.y - before.y);
      if (fingers.size === 1) { fingers.set(event.pointerId, now); if (travelled >= CLICK_PX) move(now.x - before.x, now.y - before.y); return; }
      const held = spread();
      fingers.set(event.pointerId, now);
      const found = spread();
      move(found.x - held.x, found.y - held.y);
      zoom(found.far / Math.max(held.far, 1), found.x, found.y);
    });
    const lift = event => {
      const single = fingers.size === 1, at = fingers.get(event.pointerId);
      fingers.delete(event.pointerId);
      if (event.type === "pointerup" && single && at && travelled < CLICK_PX) pick(at.x, at.y);
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("wheel", event => { event.preventDefault(); const at = spot(event); zoom(Math.exp(-event.deltaY / 400), at.x, at.y); }, {passive: false});
  }
}

start().catch(error => { byId("loading").textContent = `This file cannot be played here: ${error.message}. It needs a browser of 2023 or later.`; });
