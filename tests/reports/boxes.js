// What does not fit on the page that is open: an array of lines, each with where and by how many pixels.
(() => {
  const found = [], TOLERANCE = 1.5;
  const of = element => (element.textContent || "").replace(/\s+/g, " ").trim().slice(0, 60);
  const whole = document.scrollingElement;
  if (whole.scrollWidth > whole.clientWidth) found.push(`the page is ${whole.scrollWidth} wide of ${whole.clientWidth}`);
  for (const details of document.querySelectorAll("details")) details.open = true;

  for (const element of document.querySelectorAll("body *:not(svg):not(svg *)")) {
    const style = getComputedStyle(element);
    if (!element.clientWidth || style.display === "inline" || style.overflowX === "auto") continue;
    const more = element.scrollWidth - element.clientWidth;
    const holder = element.closest(".box");
    if (more > TOLERANCE && !(holder && element.tagName === "FIGURE")) {
      found.push(`${element.tagName.toLowerCase()}: its content is ${more} wider than it is: ${of(element)}`);
    }
  }
  for (const cell of document.querySelectorAll("td.verdict, tr > .verdict")) {
    const box = cell.closest(".box").getBoundingClientRect(), own = cell.getBoundingClientRect();
    if (own.right > box.right + TOLERANCE) found.push(`a verdict ends ${own.right - box.right} beyond what is in sight`);
  }

  const corners = text => {  // of a label, in the units of its drawing
    const box = text.getBBox(), inner = 0.16 * box.height;
    const matrix = text.getCTM(), point = (x, y) => new DOMPoint(x, y).matrixTransform(matrix);
    const [left, right, top, bottom] = [box.x, box.x + box.width, box.y + inner, box.y + box.height - inner];
    return [point(left, top), point(right, top), point(right, bottom), point(left, bottom)];
  };
  const apart = (one, other) => {
    for (const quad of [one, other]) {
      for (const [a, b] of [[0, 1], [0, 3]]) {
        const [x, y] = [quad[b].x - quad[a].x, quad[b].y - quad[a].y], size = Math.hypot(x, y) || 1;
        const along = points => points.map(point => (point.x * x + point.y * y) / size);
        const [first, second] = [along(one), along(other)];
        if (Math.max(...first) <= Math.min(...second) + 0.5 || Math.max(...second) <= Math.min(...first) + 0.5) return true;
      }
    }
    return false;
  };
  for (const svg of document.querySelectorAll("figure svg")) {
    const title = svg.querySelector("title").textContent.slice(0, 40);
    const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim()).map(text => [text, corners(text)]);
    const size = svg.getBoundingClientRect();
    for (const [index, [text, quad]] of texts.entries()) {
      const out = Math.max(...quad.map(p => Math.max(-p.x, -p.y, p.x - size.width, p.y - size.height)));
      if (out > TOLERANCE) found.push(`${title}: '${of(text)}' reaches ${out.toFixed(1)} beyond the drawing`);
      for (const [other, second] of texts.slice(index + 1)) {
        if (!apart(quad, second)) found.push(`${title}: '${of(text)}' and '${of(other)}' overlap`);
      }
    }
  }
  return found;
})()
