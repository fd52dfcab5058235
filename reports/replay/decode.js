"use strict";
// Unpacks what coding.py packed: texts and typed arrays.

async function unpacked(id) {
  const text = document.getElementById(id).textContent.trim();
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const buffer = await new Response(stream).arrayBuffer();
  const headBytes = new DataView(buffer).getUint32(0, true);
  const values = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headBytes)));
  const kinds = {Uint8Array, Uint16Array, Int32Array, Float32Array};
  for (const [name, [at, size, kind]] of Object.entries(values.arrays))
    values.arrays[name] = new kinds[kind](buffer, 4 + headBytes + at, size);
  return values;
}

// Places of all traces in metres, one trace after the other, and the direction of each in 256ths of a turn.
function traces(arrays) {
  const {count, start, x0, y0, dx, dy, great} = arrays;
  const n = count.length, size = dx.length;
  const first = new Int32Array(n + 1), begin = new Int32Array(n);
  for (let i = 0, step = 0; i < n; i++) {
    first[i + 1] = first[i] + count[i];
    begin[i] = step += start[i];
  }
  let taken = 0;
  const along = (small, begins) => {
    const places = new Float32Array(size);
    for (let i = 0; i < n; i++) {
      let place = begins[i], step = 0;
      for (let at = first[i]; at < first[i + 1]; at++) {
        const zigzag = small[at] === 255 ? great[taken++] : small[at];
        if (at > first[i]) {
          step += (zigzag >>> 1) ^ -(zigzag & 1);
          place += step;
        }
        places[at] = place / 10;
      }
    }
    return places;
  };
  const x = along(dx, x0), y = along(dy, y0);
  return {n, first, begin, count, kind: arrays.kind, length: arrays.length, x, y, turn: directions(first, n, x, y)};
}

const MOVED_M = 0.7;  // who has moved less between two neighbours keeps its direction,
const SLOW_M = 6, BEND = 32, MOST_ODD = 4;  // as does who slips to another lane: slowly, and by over an eighth of a turn

function directions(first, n, x, y) {
  const turn = new Uint8Array(x.length);
  for (let i = 0; i < n; i++) {
    const from = first[i], to = first[i + 1] - 1;
    let known = -1, waiting = from, odd = 0;
    for (let at = from; at <= to; at++) {
      const a = at > from ? at - 1 : at, b = at < to ? at + 1 : at;
      const east = x[b] - x[a], north = y[b] - y[a], moved = Math.hypot(east, north);
      if (moved > MOVED_M) {
        const found = Math.round(Math.atan2(north, east) * 128 / Math.PI) & 255;
        const bend = Math.abs((found - known + 128 & 255) - 128);
        odd = known >= 0 && moved < SLOW_M && bend > BEND ? odd + 1 : 0;
        if (!odd || odd > MOST_ODD) known = found;
        if (waiting <= at) { turn.fill(known, waiting, at); waiting = to + 1; }
      }
      if (known >= 0) turn[at] = known;
    }
  }
  return turn;
}

// The place of the last of rising times that is not after t; -1 before the first.
function lastBefore(times, t) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1; else high = middle;
  }
  return low - 1;
}
