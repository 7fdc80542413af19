// The matrix of a cohort keeps itself up to date without moving under its reader, and is walked with the arrow keys.
//
// Every half minute, while the page is in sight, it asks for itself with the ETag it has; the answer is mostly "304, nothing
// new". News is laid in at once when nobody points at the table or stands in it; otherwise it waits behind a button.

const EVERY = 30000; // ms
const AT_LEAST = 5000; // ms between two questions, however often the page comes into sight
const PLACE = "pathnotes-matrix";

const matrix = document.getElementById("matrix");
const fresh = document.getElementById("fresh");
const frame = document.getElementById("frame");

// ---------------------------------------------------------------- the same place after a module was opened

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-keep]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const place = { path: location.pathname, slug: link.dataset.keep, left: frame.scrollLeft, top: frame.scrollTop, y: scrollY };
  try { sessionStorage.setItem(PLACE, JSON.stringify(place)); } catch { /* then it begins at the left */ }
});

function backToPlace() {
  let place;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
  } catch { return; }
  if (!frame || place?.path !== location.pathname) return;
  frame.scrollTo(place.left, place.top);
  scrollTo(scrollX, place.y);
  [...frame.querySelectorAll("a[data-keep]")].find((a) => a.dataset.keep === place.slug)?.focus({ preventScroll: true });
}
backToPlace();

// ---------------------------------------------------------------- arrow keys

const onwards = document.documentElement.dir === "rtl" ? -1 : 1; // columns run from the right in Arabic
const STEPS = { ArrowRight: [0, onwards], ArrowLeft: [0, -onwards], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

frame?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const row = event.target.closest("tbody tr");
  if (!step || !row || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const links = [...row.querySelectorAll("a")];
  const place = links.indexOf(event.target);
  if (place < 0) return;
  const rows = [...row.parentElement.rows];
  const next = step[0] ? rows[rows.indexOf(row) + step[0]]?.querySelectorAll("a")[place] : links[place + step[1]];
  if (next) {
    next.focus();
    event.preventDefault();
  }
});

// ---------------------------------------------------------------- news

const rowsOf = (root) => new Map([...root.querySelectorAll("#rows > tr")].map((row) => [row.id, row]));
const textOf = (rows) => new Map([...rows].map(([id, row]) => [id, row.outerHTML]));

let etag = matrix?.dataset.etag;
let seen = matrix ? textOf(rowsOf(matrix)) : new Map(); // as the server sent them
let held = null;
let pointed = false;

const reading = () => pointed || (frame !== null && frame.contains(document.activeElement));

/** Learners whose row is another, new, or gone. */
function changes(next) {
  const now = textOf(rowsOf(next));
  const ids = new Set([...seen.keys(), ...now.keys()]);
  return [...ids].filter((id) => seen.get(id) !== now.get(id));
}

const WORDS = JSON.parse(matrix?.dataset.words ?? "{}"); // in the language of the page
const locale = `${document.documentElement.lang || "en"}-u-nu-latn`; // the digits that the server writes
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (forms, number, values = {}) =>
  fill(forms[new Intl.PluralRules(locale).select(number)] ?? forms.other, { n: number.toLocaleString(locale), ...values });

function say(text) {
  const line = document.createElement("span");
  line.className = "hide";
  line.textContent = text;
  fresh.replaceChildren(line);
}

function warn(text) {
  const line = document.createElement("p");
  line.textContent = text;
  fresh.replaceChildren(line);
}

function offer(next) {
  held = next;
  const number = changes(next).length;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "act main";
  button.textContent = `${number ? count(WORDS.changed, number) : WORDS.order} ${WORDS.show}`;
  button.addEventListener("click", () => {
    frame?.focus({ preventScroll: true });
    show();
  });
  fresh.replaceChildren(button);
}

/** Other columns, or nobody left where somebody was: a page of its own. */
const isAnother = (next) => matrix.querySelector("thead")?.outerHTML !== next.querySelector("thead")?.outerHTML || !frame;

/** Lay the news in. Rows that are the same stay the same nodes; the frame keeps its scroll, the form what was typed. */
function show() {
  const next = held;
  held = null;
  if (!next) return;
  const changed = changes(next);
  if (isAnother(next)) {
    location.reload();
    return;
  }
  const now = rowsOf(matrix);
  const received = rowsOf(next);
  seen = textOf(received);
  const kept = [...received].map(([id, row]) => {
    if (!changed.includes(id)) {
      now.get(id).classList.remove("fresh-row"); // put back into its place, it would be animated again
      return now.get(id);
    }
    row.classList.add("fresh-row");
    return row;
  });
  matrix.querySelector("#rows").replaceChildren(...kept);
  for (const part of [".legend", ".filters", ".turn"]) {
    const old = matrix.querySelector(`:scope > ${part}`);
    const other = next.querySelector(`:scope > ${part}`);
    if (old && other && !old.contains(document.activeElement)) old.replaceWith(other);
  }
  say(changed.length ? count(WORDS.changed, changed.length) : WORDS.order);
}

frame?.addEventListener("pointerenter", () => { pointed = true; });
// Not while "Show" is being pressed: the button would go before the click that it is for.
const showUnread = () => { if (!reading() && !fresh?.matches(":active, :focus-within")) show(); };
frame?.addEventListener("pointerleave", () => { pointed = false; showUnread(); });
for (const box of [frame, fresh]) box?.addEventListener("focusout", () => setTimeout(showUnread));

let timer;
let last = Date.now();
let failed = 0;

async function ask() {
  last = Date.now();
  let answer;
  try {
    answer = await fetch(location.href, { headers: { "If-None-Match": etag }, redirect: "manual", cache: "no-store" });
  } catch { /* no connection */ }
  if (answer?.type === "opaqueredirect") return stop(WORDS.signed_out);
  if (answer?.status === 404) return stop(WORDS.gone);
  if (answer?.status !== 200 && answer?.status !== 304) {
    failed += 1;
    if (failed === 3) warn(WORDS.away);
    return;
  }
  if (failed >= 3) fresh.replaceChildren();
  failed = 0;
  if (answer.status === 304) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("matrix");
  if (!next) return stop(WORDS.another);
  etag = next.dataset.etag;
  if (reading() || (isAnother(next) && matrix.contains(document.activeElement))) offer(next);
  else {
    held = next;
    show();
  }
}

function stop(text) {
  clearInterval(timer);
  timer = null;
  warn(text);
}

function watch() {
  if (timer === null) return; // stopped for good
  clearInterval(timer);
  if (document.visibilityState !== "visible") return;
  timer = setInterval(ask, EVERY);
  if (Date.now() - last > AT_LEAST) ask();
}

if (matrix) {
  document.addEventListener("visibilitychange", watch);
  watch();
}
