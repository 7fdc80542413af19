// The map of a roadmap: light what a topic needs and opens, zoom and pan, walk along the lines with the arrow keys.
// Everything it moves is there without it: the whole picture in a region that scrolls, links, and the list.

const frame = document.getElementById("frame");
const svg = document.getElementById("map");
const tools = document.getElementById("map-tools");
const card = document.getElementById("map-card");
const said = document.getElementById("map-said");
const wide = svg.viewBox.baseVal.width;
const high = svg.viewBox.baseVal.height;
const SMALLEST = 0.05, LARGEST = 3, READABLE = 0.55, LEGIBLE = 0.7;

// ---------------------------------------------------------------- the graph, as the picture has it

/** What is asked for of few of thousands is read when it is asked for. */
class Topic {
  lines = []; // what it needs comes in by these
  needs = [];
  opens = [];

  constructor(link) { this.link = link; this.element = link.parentNode; }

  get title() { return this.element.dataset.title; }
  get column() { return this.element.dataset.column; }
  get x() { return this.#middle("x", "width"); }
  get y() { return this.#middle("y", "height"); }

  #middle(from, size) {
    const box = this.element.querySelector(".b");
    return Number(box.getAttribute(from)) + Number(box.getAttribute(size)) / 2;
  }
}

const topics = new Map();
for (const link of svg.querySelectorAll("g.n > a")) topics.set(link.parentNode.id.slice(1), new Topic(link));
for (const line of svg.querySelectorAll(".e")) {
  const { from, to } = line.dataset;
  topics.get(to).lines.push(line);
  topics.get(to).needs.push(from);
  topics.get(from).opens.push(to);
}
const idOf = (node) => node?.closest?.("g.n")?.id.slice(1) ?? node?.closest?.("#map .e")?.dataset.to;

function reached(id, side) {
  const seen = new Set();
  const open = [id];
  while (open.length) for (const next of topics.get(open.pop())[side]) if (!seen.has(next)) { seen.add(next); open.push(next); }
  return seen;
}

// ---------------------------------------------------------------- light

let lit = null;
let marked = [];

function light(id) {
  if (id === lit) return;
  for (const element of marked) element.classList.remove("on", "self", "needs", "opens");
  marked = [];
  lit = id;
  svg.classList.toggle("lit", id !== null);
  if (id === null) { card.hidden = true; return; }
  const mark = (element, ...names) => { element.classList.add(...names); marked.push(element); };
  const needs = reached(id, "needs");
  const opens = reached(id, "opens");
  mark(topics.get(id).element, "on", "self");
  for (const [side, seen] of [["needs", needs], ["opens", opens]]) {
    for (const other of seen) mark(topics.get(other).element, "on", side);
    for (const other of [id, ...seen]) {
      for (const line of topics.get(other).lines) {
        const from = line.dataset.from;
        if (side === "needs" || from === id || seen.has(from)) mark(line, side);
      }
    }
  }
  // What the topic itself needs is lit as needed, whichever side was marked last.
  for (const line of topics.get(id).lines) line.classList.remove("opens");
  show(id);
}

function line(text, name) {
  const p = document.createElement("p");
  p.textContent = text;
  if (name) p.className = name;
  return p;
}

function names(ids) {
  const list = ids.slice(0, 6).map((id) => topics.get(id).title);
  if (ids.length > 6) list.push(`+${ids.length - 6}`);
  return list.join(" · ") || card.dataset.nothing;
}

function show(id) {
  const topic = topics.get(id);
  const head = document.createElement("p");
  const link = document.createElement("a");
  const name = document.createElement("b");
  name.textContent = topic.link.getAttribute("aria-label");
  name.dir = "auto";
  link.href = topic.link.getAttribute("href");
  link.tabIndex = -1;
  link.append(name);
  head.append(link);
  card.replaceChildren(
    head,
    line(`${card.dataset.needs}: ${names(topic.needs)}`, "needs"),
    line(`${card.dataset.opens}: ${names(topic.opens)}`, "opens"),
  );
  // Not over the topic itself: at the other end of the frame.
  card.classList.toggle("far", isLeft(topic) === (getComputedStyle(card).direction === "ltr"));
  // Nor below the window, where the frame reaches so far.
  card.style.insetBlockEnd = `${Math.max(0, card.parentNode.getBoundingClientRect().bottom - innerHeight) + 12}px`;
  card.hidden = false;
}

const isLeft = (topic) => topic.link.getBoundingClientRect().left - frame.getBoundingClientRect().left < frame.clientWidth / 2;

const held = () => { const id = idOf(document.activeElement); return id && svg.contains(document.activeElement) ? id : null; };
let pointer = "mouse";
svg.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse" && !dragging) light(idOf(event.target) ?? held());
});
svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") light(held()); });
// Not listened for on the picture: that would make it a stop of the tab key by itself.
frame.addEventListener("focusin", (event) => {
  const id = idOf(event.target);
  if (id) { light(id); roam(id); }
});
frame.addEventListener("focusout", () => { if (pointer !== "touch") light(null); });

// The first tap lights, the second one opens.
addEventListener("pointerdown", (event) => { pointer = event.pointerType; }, true);
let tapped = null;
svg.addEventListener("click", (event) => {
  const id = idOf(event.target);
  if (moved) { event.preventDefault(); return; }
  if (pointer !== "touch" || event.detail === 0) return;
  if (!id) { light(null); tapped = null; return; }
  if (tapped !== id) { event.preventDefault(); tapped = id; light(id); }
}, true);

// ---------------------------------------------------------------- zoom, pan, fit

let scale = 1;

function resize() {
  svg.setAttribute("width", Math.round(wide * scale));
  svg.setAttribute("height", Math.round(high * scale));
}

/** Zoom so that what lies at a point of the screen stays there; by default in the middle of the frame. */
function zoom(to, clientX, clientY) {
  const box = frame.getBoundingClientRect();
  const x = (clientX ?? box.left + frame.clientWidth / 2) - box.left;
  const y = (clientY ?? box.top + frame.clientHeight / 2) - box.top;
  const next = Math.min(Math.max(to, SMALLEST), LARGEST);
  const before = svg.getBoundingClientRect();
  const left = (x + box.left - before.left) / scale;
  const top = (y + box.top - before.top) / scale;
  scale = next;
  resize();
  const after = svg.getBoundingClientRect();
  frame.scrollLeft += after.left + left * scale - (x + box.left);
  frame.scrollTop += after.top + top * scale - (y + box.top);
}

const room = () => parseFloat(getComputedStyle(frame).maxHeight) || frame.clientHeight;
const fitting = () => Math.min(frame.clientWidth / wide, room() / high, 1);
const fit = () => zoom(Math.min(frame.clientWidth / wide, room() / high));
const centre = (topic) => frame.scrollTo(
  topic.x * scale - frame.clientWidth / 2, topic.y * scale - frame.clientHeight / 2,
);

tools.addEventListener("click", (event) => {
  const what = event.target.closest("button")?.dataset.do;
  if (what) act(what);
});
function act(what) {
  if (what === "fit") fit();
  else zoom(scale * (what === "in" ? 1.3 : 1 / 1.3));
}

frame.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoom(scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
}, { passive: false });

let dragging = null;
let moved = false;
frame.addEventListener("pointerdown", (event) => {
  moved = false;
  if (event.pointerType !== "mouse" || event.button !== 0) return;
  dragging = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
});
addEventListener("pointermove", (event) => {
  if (!dragging || event.pointerType !== "mouse") return;
  const x = event.clientX - dragging.x;
  const y = event.clientY - dragging.y;
  if (!moved && Math.hypot(x, y) < 5) return;
  moved = true;
  frame.classList.add("held");
  frame.scrollTo(dragging.left - x, dragging.top - y);
});
const drop = () => { dragging = null; frame.classList.remove("held"); };
addEventListener("pointerup", drop);
addEventListener("pointercancel", drop);
frame.addEventListener("dragstart", (event) => event.preventDefault());

let pinch = null;
const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
frame.addEventListener("touchstart", (event) => {
  pinch = event.touches.length === 2 ? { far: spread(event.touches), scale } : null;
}, { passive: true });
frame.addEventListener("touchmove", (event) => {
  if (!pinch || event.touches.length !== 2) return;
  event.preventDefault();
  const [a, b] = event.touches;
  zoom(pinch.scale * spread(event.touches) / pinch.far, (a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2);
}, { passive: false });

// ---------------------------------------------------------------- keys

/** One topic is in the tab order; the arrow keys lead to the others. */
let current = null;
function roam(id) {
  if (current === id) return;
  if (current) topics.get(current).link.tabIndex = -1;
  current = id;
  topics.get(id).link.tabIndex = 0;
}

const nearest = (ids, y) => ids.reduce((best, id) => (
  best === null || Math.abs(topics.get(id).y - y) < Math.abs(topics.get(best).y - y) ? id : best), null);

function step(id, key) {
  const topic = topics.get(id);
  if (key === "ArrowLeft") return nearest(topic.needs, topic.y);
  if (key === "ArrowRight") return nearest(topic.opens, topic.y);
  const down = key === "ArrowDown";
  const column = [...topics].filter(([, other]) => other.column === topic.column && (down ? other.y > topic.y : other.y < topic.y));
  return nearest(column.map(([other]) => other), topic.y);
}

function visit(id) {
  const topic = topics.get(id);
  topic.link.focus({ preventScroll: true });
  const x = topic.x * scale - frame.scrollLeft;
  const y = topic.y * scale - frame.scrollTop;
  const inside = x > 100 && x < frame.clientWidth - 100 && y > 60 && y < frame.clientHeight - 60;
  if (!inside) centre(topic);
}

svg.addEventListener("keydown", (event) => {
  if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const id = idOf(event.target);
  if (!id) return;
  event.preventDefault();
  const next = step(id, event.key);
  if (next) { said.textContent = ""; visit(next); }
  else if (event.key === "ArrowLeft") said.textContent = card.dataset.endLeft;
  else if (event.key === "ArrowRight") said.textContent = card.dataset.endRight;
});

const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.isContentEditable;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const what = { f: "fit", "+": "in", "=": "in", "-": "out" }[event.key];
  if (what) act(what);
  else if (event.key === "l") toList();
  else if (event.key === "Escape" && lit) { light(null); tapped = null; }
  else return;
  event.preventDefault();
});

function toList() {
  const list = document.getElementById("list");
  const row = lit && document.getElementById(`l${lit}`);
  if (!list) location.assign(document.getElementById("to-list").href);
  else if (row) row.querySelector("a").focus();
  else { list.focus(); list.scrollIntoView(); }
}

// ---------------------------------------------------------------- what is heard

// A screen reader hears the link itself; what it needs and opens is said after it.
frame.addEventListener("focusin", (event) => {
  const id = idOf(event.target);
  if (!id) return;
  const topic = topics.get(id);
  said.textContent = `${card.dataset.needs}: ${names(topic.needs)}. ${card.dataset.opens}: ${names(topic.opens)}.`;
});

// ---------------------------------------------------------------- begin

tools.hidden = false;
document.querySelector(".map-keys").hidden = false;
for (const topic of topics.values()) topic.link.tabIndex = -1;
// Hundreds of headings would stand before the first topic; the list and the choice above lead to the sections, too.
for (const link of svg.querySelectorAll(".hulls a")) link.tabIndex = -1;
const start = svg.dataset.at?.slice(1) ?? topics.keys().next().value;
if (start) roam(start);
// Not by `zoom`, which measures, nor by another size than the server's: on a large map each costs a layout.
const fitted = fitting();
// What would fit only with words of a few pixels is shown larger than that, at the topic in hand.
if (fitted >= READABLE) { scale = Math.max(fitted, LEGIBLE); resize(); }
if (fitted < LEGIBLE && start) centre(topics.get(start));
