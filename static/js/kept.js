// Check-offs and ticked steps are written down on this device before they are sent, and crossed out when the server has them
// (docs/offline.md). So none is lost to a tunnel, a server that is away, or a browser that is closed meanwhile.
//
// What is kept belongs to the person whose page it was: nobody else who signs in on this browser sends or sees it.
// One tab at a time sends, in the order of the acts; the other tabs of the person show the same.

const PATIENCE = 10000; // ms for one answer
const ORPHAN = 15000; // ms after which an act of another tab is no longer on its way there
const RETRY_AFTER = [3000, 10000, 30000, 60000, 300000]; // ms; the last one again and again
const PREFIX = "kept:";
const SENT = "sent"; // when a tab was last told that an act is saved
const person = document.querySelector("meta[name=person]")?.content ?? "";
const tab = thisTab();

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http:// away from localhost
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The same on the next page of a tab, which goes on with what the last one left behind. */
function thisTab() {
  try { return (sessionStorage.tab ??= newId()); } catch { return newId(); }
}

// ---------------------------------------------------------------- what is kept

// An act: {id, url, state, saw, name, roadmap, next, at, tab, tries, kept, asks, said}. `saw` is the state that the page
// showed before, `kept` why it could not be sent at once, `asks` that something newer is set, `said` why it was
// refused. One key for each, so that tabs never write over each other.
const memory = new Map(); // where nothing may be stored, the acts live as long as the page
let durable = true;
try { localStorage.setItem(PREFIX, "1"); localStorage.removeItem(PREFIX); } catch { durable = false; }

const keyOf = (act, whose = person) => `${PREFIX}${whose}:${act.id}`;

function acts(whose = person) {
  const found = whose === person ? [...memory.values()] : [];
  if (durable) {
    const mine = `${PREFIX}${whose}:`;
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(mine)) continue;
      try { found.push(JSON.parse(localStorage.getItem(key))); } catch { localStorage.removeItem(key); }
    }
  }
  return found.filter((act) => act?.id && act.url).sort((a, b) => a.at - b.at || a.turn - b.turn);
}

function put(act) {
  if (durable) {
    try { localStorage.setItem(keyOf(act), JSON.stringify(act)); return; } catch { /* full: as if nothing may be stored */ }
  }
  memory.set(act.id, act);
}

function drop(act) {
  memory.delete(act.id);
  if (durable) localStorage.removeItem(keyOf(act));
}

const settled = (act) => act.asks || act.said;
const open = () => acts().filter((act) => !settled(act));
const lastOf = (url) => open().findLast((act) => act.url === url);

let turn = 0;

/** Somebody wants `state` for the topic behind `url`. A change of mind that was not sent yet takes the place of the one before. */
function intend({ url, state, saw, name, roadmap = "", next = "" }) {
  const last = lastOf(url);
  if (last?.state === state) return; // the same again, while it is on its way
  for (const act of acts()) if (act.url === url && settled(act)) drop(act); // decided anew
  let seen = last ? last.state : saw;
  if (last && !last.tries) { // nobody has heard of it yet
    drop(last);
    seen = last.saw;
  }
  if (state !== seen || !last || last.tries) {
    put({ id: newId(), url, state, saw: seen, name, roadmap, next, at: Date.now(), turn: turn++, tab, tries: 0 });
  }
  send(); // first, since the page can be marked while the request is on its way
  changed();
}

// ---------------------------------------------------------------- sending

let running = false;
let again = false;
let retry = null;
let trouble = ""; // "", "offline", "away", "signed-out", "stranger"
let round = 0;

/** Everything that waits, in order, under a lock that all tabs of the person share. A click while nothing waits needs none. */
async function send({ asked = false } = {}) {
  if (running) { again = true; return; }
  running = true;
  clearTimeout(retry);
  if (asked) round = 0;
  try {
    if (!asked && !open().some((act) => act.kept)) await sendAll((act) => act.tab === tab);
    else if (navigator.locks) await navigator.locks.request(`${PREFIX}${person}`, () => sendAll(isFree));
    else await sendAll(isFree);
  } finally { running = false; }
  if (again) { again = false; send(); }
}

/** Not on its way in another tab. */
const isFree = (act) => act.tab === tab || act.kept || Date.now() - act.at > ORPHAN;

/** Done on this page, which says what became of it; otherwise the bar does. */
const isHere = (act) => document.getElementById("progress")?.elements.roadmap?.value === act.roadmap;

async function sendAll(mine) {
  for (;;) {
    const act = open().find(mine);
    if (!act) break;
    const kept = act.kept || act.tab !== tab || !isHere(act);
    if (!person && kept) return fail(act, "signed-out"); // a visitor's waits for an account
    act.tries++;
    put(act);
    let answer = await post(act);
    if (answer.status === 403) answer = (await renewed()) ? await post(act) : { trouble: notTheirs() };
    if (answer.leave) {
      if (!person && act.url.endsWith("/state/")) drop(act); // the session keeps it until they have signed in
      if (!kept) { changed(); location.assign(answer.leave); return; }
      return fail(act, "signed-out");
    }
    if (answer.trouble) return fail(act, answer.trouble);
    trouble = "";
    round = 0;
    receive(act, answer, kept);
  }
  trouble = "";
  changed();
}

function fail(act, why) {
  trouble = why;
  for (const each of open()) if (each.kept !== why) put({ ...each, kept: why });
  changed();
  if (why === "offline" || why === "away") retry = setTimeout(() => send(), RETRY_AFTER[Math.min(round++, RETRY_AFTER.length - 1)]);
}

/** The server has spoken: the act is done, or it is refused and why, or something newer is set and somebody must say what counts. */
function receive(act, { status, html }, kept) {
  const saved = status < 300;
  const parsed = document.createElement("template");
  if (html) parsed.innerHTML = html;
  const toast = parsed.content.querySelector("#status");
  const words = toast?.querySelector("p")?.textContent ?? "";
  drop(act);
  if (saved && durable) localStorage.setItem(SENT, Date.now());
  const later = lastOf(act.url);
  if (saved && later) put({ ...later, saw: act.state, at: Math.max(later.at, Date.now()) }); // never before what it follows
  if (toast?.dataset.newer) {
    if (!later) put({ ...act, kept: true, asks: { now: toast.dataset.newer, word: toast.dataset.word, words } });
    toast.remove();
  } else if (!saved && kept) {
    put({ ...act, said: words || "gone" });
    toast?.remove();
  }
  const { content } = parsed; // of `html`, without what the bar says
  document.dispatchEvent(new CustomEvent("kept:answer", { detail: { act, saved, status, html, content, kept, later: Boolean(later) } }));
  changed();
}

const token = () => document.querySelector("#progress [name=csrfmiddlewaretoken], [name=csrfmiddlewaretoken]");

async function post(act) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token()?.value ?? "", state: act.state, operation: act.id, roadmap: act.roadmap, next: act.next, person });
  if (act.saw) body.set("saw", act.saw);
  const age = Date.now() - act.at;
  if (age >= 1000) body.set("age", age);
  const panel = document.getElementById("topic")?.dataset.slug;
  if (panel) body.set("panel", panel);
  const patience = Number(document.getElementById("progress")?.dataset.timeout) || PATIENCE;
  try {
    const response = await fetch(act.url, {
      method: "POST", body, keepalive: true, redirect: "error", signal: AbortSignal.timeout(patience),
      headers: { "HX-Request": "true", "HX-Current-URL": location.href },
    });
    if (response.headers.has("HX-Redirect")) return { leave: response.headers.get("HX-Redirect") };
    const { status } = response;
    if (status >= 500 || status === 429 || status === 408) return { trouble: "away" };
    const html = [404, 403].includes(status) ? "" : await response.text();
    return { status, html };
  } catch (error) {
    return { trouble: error.name === "TimeoutError" ? "away" : "offline" };
  }
}

let whose = null; // whom a page of ours is for now; null when none could be had

/** After days the token of a form is no longer good. A page that is fetched anew has one, if it is still the same person's. */
async function renewed() {
  whose = null;
  try {
    const response = await fetch(location.pathname + location.search, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    whose = page.querySelector("meta[name=person]")?.content ?? "";
    if (!fresh || whose !== person) return false;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
    return true;
  } catch { return false; }
}

const notTheirs = () => (whose === null ? "offline" : whose ? "stranger" : "signed-out");

addEventListener("online", () => send({ asked: true }));
addEventListener("focus", () => { if (open().some((act) => act.kept)) send({ asked: true }); });
addEventListener("offline", () => changed());
// Who leaves takes along what waits behind a slow answer; the next page finds out what became of it.
addEventListener("pagehide", () => { for (const act of open()) if (act.tab === tab && !act.kept && !act.tries) post(act); });
addEventListener("beforeunload", (event) => { if (memory.size) event.preventDefault(); });

// ---------------------------------------------------------------- the bar

let bar = null;
let words = null;

async function wordsOfOurs() {
  let found = document.getElementById("kept-words");
  if (!found) {
    try {
      const response = await fetch("/offline/");
      found = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("kept-words");
    } catch { /* nothing is shown until there is a connection */ }
  }
  return found?.dataset ?? null;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function button(text, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", textContent: text, onclick: act });
  return made;
}

function link(text, href) {
  const made = document.createElement("a");
  Object.assign(made, { textContent: text, href });
  return made;
}

/** What waits, in one line, and what somebody must decide, each with its ways on. */
async function show() {
  const waiting = open().filter((act) => act.kept);
  const asking = acts().filter(settled);
  const visitors = person ? acts("") : [];
  if (!bar && !waiting.length && !asking.length && !visitors.length) return;
  words ??= await wordsOfOurs();
  if (!words) return;
  if (!bar) {
    bar = document.createElement("section");
    Object.assign(bar, { id: "kept", className: "kept", ariaLabel: words.label, hidden: true });
    const line = document.createElement("p");
    line.setAttribute("role", "status");
    bar.append(line, document.createElement("span"), document.createElement("ul"));
    document.body.append(bar);
  }
  const [line, ways, list] = bar.children;
  const why = trouble || waiting.at(-1)?.kept; // another tab may have found out
  const trying = running && !trouble && bar.hidden;
  const text = waiting.length && !trying ? fill(words[{ "signed-out": "signedOut" }[why] ?? why], { n: waiting.length })
    : visitors.length ? fill(words.visitors, { n: visitors.length }) : "";
  if (line.textContent !== text) line.textContent = text; // said anew only when it says something else
  const here = encodeURIComponent(location.pathname + location.search);
  const focused = bar.contains(document.activeElement);
  if (!waiting.length) {
    ways.replaceChildren(...(visitors.length ? [button(words.adopt, adopt), button(words.forget, forget)] : []));
  } else if (why === "signed-out") ways.replaceChildren(link(words.signIn, `/accounts/login/?next=${here}`));
  else if (why === "stranger") ways.replaceChildren(button(words.reload, () => location.reload()));
  else ways.replaceChildren(button(words.sendNow, () => send({ asked: true })));
  list.replaceChildren(...asking.map(question));
  bar.hidden = !text && !asking.length;
  if (focused && !bar.contains(document.activeElement)) (bar.querySelector("button, a") ?? document.getElementById("main"))?.focus({ preventScroll: true });
}

function question(act) {
  const item = document.createElement("li");
  const said = document.createElement("p");
  const state = words[act.state];
  item.append(said);
  if (act.asks) {
    said.textContent = `${act.asks.words} ${words.which}`;
    item.append(
      button(fill(words.keep, { state: act.asks.word }), () => { drop(act); changed(); }),
      button(fill(words.set, { state }), () => {
        drop(act);
        put({ ...act, id: newId(), saw: act.asks.now, at: Date.now(), turn: turn++, tab, tries: 0, kept: false, asks: undefined });
        changed();
        send({ asked: true });
      }),
    );
  } else {
    said.textContent = `${fill(words.refused, { name: act.name, state })} ${act.said === "gone" ? words.gone : act.said}`;
    item.append(button(words.dismiss, () => { drop(act); changed(); }));
    if (act.said !== "gone") item.append(link(words.open, act.url.replace(/(state|steps\/[^/]+)\/$/, "")));
  }
  return item;
}

/** What was done here without an account becomes theirs who say so. */
function adopt() {
  for (const act of acts("")) {
    localStorage.removeItem(keyOf(act, ""));
    put({ ...act, kept: "away" });
  }
  changed();
  send({ asked: true });
}

function forget() {
  for (const act of acts("")) localStorage.removeItem(keyOf(act, ""));
  changed();
}

function changed() {
  document.dispatchEvent(new Event("kept:changed"));
  show();
}
addEventListener("storage", ({ key }) => { if (key === null || key.startsWith(PREFIX)) changed(); });

/** What the page shows in place of what it was sent: not what another tab has on its way, which comes from there at once. */
const shown = () => open().filter((act) => act.tab === tab || act.kept);

/** Something was saved since this page was asked for: it may have been made before, and nobody here has heard of it. */
const late = () => durable && Number(localStorage.getItem(SENT)) > performance.timeOrigin;

window.kept = { intend, shown, late, waiting: () => open().some((act) => act.kept) };
if (acts().length || (person && acts("").length)) {
  send({ asked: true });
  changed();
  setTimeout(() => send({ asked: true }), ORPHAN); // what another tab had on its way when it was closed
}
