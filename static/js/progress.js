// Checking off, the topic panel and the keys, on markup that works without any of it (docs/hypermedia.md).
//
// Every control is a submit button of the form #progress, which stands around the tree. This module takes the submit over: it marks the control at
// once, hands the act to kept.js, which writes it down and sends it, and lays the regions of the answer over the page
// node by node, so that focus, scroll and selection stay where they are.

const form = document.getElementById("progress");
const status = document.getElementById("status");
const panel = document.getElementById("panel");
const main = document.getElementById("main");
const STATES = ["todo", "learning", "done", "skipped", "waived"];
const { kept } = window;
const words = document.getElementById("kept-words").dataset;
const WORDS = JSON.parse(document.querySelector("script[data-htmx]").dataset.words);
// ---------------------------------------------------------------- htmx, when it is needed

let loading;

/** htmx is fetched when a person first touches the page: to read a roadmap, its 17 kB are not needed. */
function withHtmx() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.querySelector("script[data-htmx]").dataset.htmx;
    script.onload = () => {
      // Forms that htmx sends ("still fine", undo, notes) answer with regions, which are laid over like the others.
      htmx.defineExtension("regions", {
        transformResponse(text, { status: code }) {
          apply(text);
          if (code < 300) tabs?.postMessage(text);
          return "";
        },
      });
      // Nobody has listened to what was typed meanwhile.
      const field = document.activeElement;
      if (typing(field) && "defaultValue" in field && field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
      resolve(htmx);
    };
    script.onerror = () => { loading = undefined; script.remove(); reject(new Error("htmx")); };
    // It reads the page at once if the page is complete, and waits for an event that is over if it is almost so.
    if (document.readyState === "complete") document.head.append(script);
    else addEventListener("load", () => document.head.append(script), { once: true });
  });
  return loading;
}
const touched = new AbortController();
for (const type of ["pointermove", "touchstart", "focusin", "keydown"]) {
  addEventListener(type, (event) => {
    if (event.movementX === 0 && event.movementY === 0) return; // the page opened below a mouse at rest
    touched.abort();
    withHtmx().catch(() => {});
  }, { signal: touched.signal, passive: true });
}

const process = (node) => { if (node.nodeType === 1) window.htmx?.process(node); };

let plain = false; // htmx cannot be had: forms are forms
document.addEventListener("submit", async (event) => {
  const { target, submitter } = event;
  if (plain || window.htmx || !target.hasAttribute("hx-post")) return;
  event.preventDefault();
  try { await withHtmx(); } catch { plain = true; }
  if (submitter) submitter.click(); // htmx sends the button that it saw clicked
  else target.requestSubmit();
});

// ---------------------------------------------------------------- regions of an answer

/** Make `now` like `next` in place. Nodes of the same kind are kept, so a focused control stays focused. */
function morph(now, next) {
  if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName || (now.id && next.id && now.id !== next.id)) {
    now.replaceWith(next);
    process(next);
    return;
  }
  if (now.nodeType !== 1) {
    if (now.data !== next.data) now.data = next.data;
    return;
  }
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && name !== "title" && !(name === "open" && now.nodeName === "DETAILS")) now.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== "hx-swap-oob" && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  // Children with an id are found again wherever they went in the list; nothing that stays is ever moved, since a moved
  // element loses its focus.
  const kept = new Set([...next.children].map((child) => child.id).filter(Boolean));
  let at = now.firstChild;
  for (const child of [...next.childNodes]) {
    const same = child.id && [...now.children].find((old) => old.id === child.id);
    if (same) {
      while (at && at !== same) { const gone = at; at = at.nextSibling; gone.remove(); }
      at = same.nextSibling;
      morph(same, child);
    } else if (at && !(at.id && kept.has(at.id))) {
      const old = at;
      at = at.nextSibling;
      morph(old, child);
    } else {
      now.insertBefore(child, at);
      process(child);
    }
  }
  while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
}

/** Lay the regions of `html`, a string or nodes, over those of the same id; a region that this page does not show is left out. */
function apply(html, { quiet = false } = {}) {
  const parsed = typeof html === "string" ? document.createElement("template") : { content: html };
  if (typeof html === "string") parsed.innerHTML = html;
  for (const region of [...parsed.content.children]) {
    const target = region.id && document.getElementById(region.id);
    if (!target || (quiet && target === status) || region.dataset.slug !== target.dataset.slug) continue;
    const on = target.classList.contains("on");
    morph(target, region);
    for (const button of target.querySelectorAll("button[formaction]")) confirmed.delete(button.getAttribute("formaction"));
    if (on) target.classList.add("on");
    if (target === status) announce();
  }
  remark();
  keepDrafts();
}

let drafts;
/** Where a note can be written, what is typed is kept. */
function keepDrafts() {
  window.drafts?.check();
  if (drafts || !document.getElementById("note-form")) return;
  drafts = document.createElement("script");
  drafts.onerror = () => { drafts.remove(); drafts = undefined; };
  Object.assign(drafts, { type: "module", src: document.querySelector("script[data-drafts]").dataset.drafts });
  document.head.append(drafts);
}

let fading;
function announce() {
  status.classList.remove("gone");
  clearTimeout(fading);
  if (status.querySelector(".error")) return; // what went wrong stays until it is dealt with
  fading = setTimeout(function fade() {
    if (status.matches(":hover, :focus-within")) fading = setTimeout(fade, 3000);
    else status.classList.add("gone");
  }, 12000);
}

function say(text, { error = true, action, label, link } = {}) {
  const box = document.createElement("div");
  box.className = error ? "error" : "";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  if (action || link) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", action);
    box.append(button);
  }
  box.append(dismiss());
  status.replaceChildren(box);
  announce();
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "post" && openTopic()) detail.parameters.panel = openTopic();
});

function dismiss() {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "shut", textContent: "✕", ariaLabel: WORDS.dismiss });
  button.dataset.dismiss = "";
  return button;
}
document.addEventListener("click", (event) => { if (event.target.closest("[data-dismiss]")) status.classList.add("gone"); });

// ---------------------------------------------------------------- marking a control

const controls = (url) => document.querySelectorAll(`button[formaction="${CSS.escape(url)}"]`);
const confirmed = new Map(); // url -> what its controls said before they were marked ahead of the answer

function mark({ url, state, kept: waits }) {
  const buttons = [...controls(url)];
  if (!confirmed.has(url)) {
    confirmed.set(url, buttons.map((button) => [button, button.cloneNode(true), rowWith(button)?.className]));
  }
  for (const button of buttons) {
    if (button.hasAttribute("aria-pressed")) {
      button.setAttribute("aria-pressed", String(button.value === state));
      continue;
    }
    const row = rowWith(button);
    row.classList.remove(...STATES, "ready", "locked");
    row.classList.add(state);
    button.value = state === "done" || state === "waived" ? "todo" : "done";
    button.setAttribute("aria-checked", { done: "true", waived: "true", learning: "mixed" }[state] ?? "false");
    if (row.matches("form")) button.ariaDescription = waits ? words.waits : null; // its name is the text beside it
    else button.setAttribute("aria-label", [title(row), words[state], waits && words.waits].filter(Boolean).join(", "));
    button.setAttribute("aria-busy", "true");
  }
  flag(buttons, waits);
}

/** What looks as the state is: the row of a topic, or the form of a step. */
const rowWith = (button) => button.closest(".topic, .steps form");

/** "waiting" beside what is kept and not sent yet: a word and a shape, in the row and under the buttons of the open topic. */
function flag(buttons, waits) {
  for (const place of new Set(buttons.map((button) => button.closest(".topic, .seg, .steps form")))) {
    const row = place.matches(".topic");
    const at = row ? place.querySelector(".chips") : place.parentElement;
    const old = at.querySelector(":scope > .held");
    if (!waits) old?.remove();
    else if (!old) {
      const chip = document.createElement("span");
      Object.assign(chip, { className: "chip held", textContent: words.waiting, title: words.waits });
      if (row) at.prepend(chip);
      else place.after(chip);
    }
  }
}

/** The page shows what is on its way and what waits, whichever tab it came from. */
function remark() {
  const last = new Map(kept.shown().map((act) => [act.url, act]));
  for (const act of last.values()) mark(act);
  for (const url of [...confirmed.keys()]) if (!last.has(url)) settle(url, { back: true });
}

function settle(url, { back }) {
  flag([...controls(url)], false);
  for (const [button, was, classes] of confirmed.get(url) ?? []) {
    if (!back) { button.removeAttribute("aria-busy"); continue; }
    const row = rowWith(button);
    if (row && classes !== undefined) row.className = classes + (row.classList.contains("on") && !/\bon\b/.test(classes) ? " on" : "");
    morph(button, was);
  }
  confirmed.delete(url);
}

const title = (row) => (row.querySelector("a b, h1") ?? row.querySelector("button + span"))?.textContent ?? "";

// ---------------------------------------------------------------- acts and their answers

/** What the page shows of a topic now, unless something of it is on its way. */
function shown(url) {
  const [button] = controls(url);
  const row = button && rowWith(button);
  if (row) return STATES.find((state) => row.classList.contains(state)) ?? "todo";
  return button?.closest(".seg")?.querySelector("[aria-pressed=true]")?.value ?? "";
}

function intend(url, state, name) {
  const fields = form.elements;
  kept.intend({ url, state, name, saw: shown(url), roadmap: fields.roadmap?.value, next: fields.next?.value });
}

document.addEventListener("kept:changed", remark);
document.addEventListener("kept:answer", ({ detail: { act, saved, status: code, html, content, kept: late, later } }) => {
  // What another roadmap says of itself is laid over no page but its own.
  const here = form && act.roadmap === form.elements.roadmap?.value;
  if (!later) {
    if (saved) mark({ ...act, kept: false });
    settle(act.url, { back: !saved });
  }
  if (html && here) apply(content);
  if (saved && here) setTimeout(() => tabs?.postMessage(html)); // this page first
  if (!saved && !html && !late && code === 404) say(WORDS.gone.replace("{name}", () => act.name), { action: () => location.reload(), label: WORDS.reload });
});

// What one tab saved, the learner's other tabs on the same roadmap show.
const tabs = form && "BroadcastChannel" in window && form.dataset.tabs ? new BroadcastChannel(form.dataset.tabs) : null;
tabs?.addEventListener("message", ({ data }) => apply(data, { quiet: true }));

// ---------------------------------------------------------------- clicks

const SETTERS = "button[formaction]";
// The second half of a double click and a held key are not a change of mind.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest(SETTERS)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.repeat && event.target.matches?.(SETTERS)) event.preventDefault();
});

// The state in words, for those who point at it.
document.addEventListener("pointerover", ({ target }) => {
  if (target.matches?.(".topic > .state")) target.title = target.ariaLabel;
});

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!form || button?.name !== "state" || !button.hasAttribute("formaction")) return;
  event.preventDefault();
  intend(button.getAttribute("formaction"), button.value, title(button.closest(".topic, .steps form, #topic")));
});

// What was sent is on the page now: the form that said it is ready for the next line. Others keep what was begun in them.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const elt = detail.requestConfig.elt; // `detail.elt` is what stands around it, when it is gone itself
  if (!detail.successful || elt.nodeName !== "FORM" || elt.method !== "post") return;
  const message = elt.closest(".messages > .note");
  if (message) { // its undo is done, and what it says is not so any more
    if (message.contains(document.activeElement)) main.focus({ preventScroll: true });
    message.remove();
  } else if (!elt.isConnected) { // it went with what it was about, and the focus with it
    if (document.activeElement === document.body) document.querySelector("#beside, #queue, #topic h1")?.focus({ preventScroll: true });
  } else if ("clears" in elt.dataset) {
    elt.reset();
    const box = elt.closest("details");
    if (box?.contains(document.activeElement)) box.querySelector("summary").focus();
    box?.removeAttribute("open");
  }
});

document.addEventListener("htmx:responseError", ({ detail }) => refused(detail));
document.addEventListener("htmx:sendError", ({ detail }) => refused(detail));
document.addEventListener("htmx:timeout", ({ detail }) => refused(detail));
function refused({ elt, requestConfig, xhr }) {
  if (requestConfig?.verb !== "post" || !elt?.requestSubmit) return;
  if (xhr?.status === 403) return say(WORDS.old, { action: () => location.reload(), label: WORDS.reload });
  const button = requestConfig.triggeringEvent?.submitter; // clicked again, since it says what is wanted
  say(WORDS.not_saved, { action: () => (button ? button.click() : elt.requestSubmit()), label: WORDS.again });
}

// ---------------------------------------------------------------- the panel

const wide = matchMedia("(width >= 75rem)");
const rows = () => [...main.querySelectorAll(".topic")];
const openTopic = () => document.getElementById("topic")?.dataset.slug;
const rowOf = (slug) => slug && rows().find((row) => slugIn(row.querySelector("a")) === slug);
const slugIn = (link) => decodeURIComponent(link.pathname.split("/")[2] ?? "");
let opened = 0;

function highlight(slug) {
  for (const row of main.querySelectorAll(".topic.on")) { row.classList.remove("on"); row.querySelector("a").removeAttribute("aria-current"); }
  const row = rowOf(slug);
  row?.classList.add("on");
  row?.querySelector("a").setAttribute("aria-current", "true");
  return row;
}

async function show(link, { push = true, focus = true } = {}) {
  const turn = ++opened;
  const slug = slugIn(link);
  highlight(slug);
  panel.setAttribute("aria-busy", "true");
  let reached = true;
  try {
    await (await withHtmx()).ajax("GET", link.href, { target: panel, swap: "innerHTML", select: "#topic" });
  } catch { reached = false; }
  panel.removeAttribute("aria-busy");
  keepDrafts();
  if (turn !== opened) return; // another topic was opened meanwhile
  if (!reached && (kept.waiting() || !navigator.onLine)) { // an error page instead would lose what is not saved yet
    highlight(openTopic());
    return say(WORDS.away, { action: () => show(link, { push, focus }), label: WORDS.again });
  }
  if (openTopic() !== slug) return location.assign(link.href); // let the browser show what is wrong
  if (push) {
    const url = new URL(location);
    url.searchParams.set("topic", slug);
    url.hash = "";
    history.pushState({ topic: slug }, "", url);
  }
  panel.scrollTop = 0;
  if (focus) panel.querySelector("h1")?.focus({ preventScroll: true });
}

function shut({ push = true } = {}) {
  opened++;
  const row = rowOf(openTopic());
  panel.replaceChildren();
  highlight(null);
  if (push) {
    const url = new URL(location);
    url.searchParams.delete("topic");
    history.pushState({}, "", url);
  }
  (row?.querySelector("a") ?? main).focus({ preventScroll: !row });
}

if (panel) {
  history.replaceState({ topic: openTopic() }, "");
  const first = highlight(openTopic());
  if (first && wide.matches && !location.hash) first.scrollIntoView({ block: "nearest" });

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-shut]");
    if (close && wide.matches) { event.preventDefault(); return shut(); }
    const link = event.target.closest(".topic > a, #panel a[data-topic], a.continue");
    if (!link || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link, { focus: event.detail === 0 || panel.contains(link) });
    if (!main.querySelector(".topic")?.contains(link)) rowOf(slugIn(link))?.scrollIntoView({ block: "nearest" });
  });
  addEventListener("popstate", () => {
    const slug = new URL(location).searchParams.get("topic");
    if (slug === (openTopic() ?? null)) return;
    const link = rowOf(slug)?.querySelector("a");
    if (!slug) shut({ push: false });
    else if (link && wide.matches) show(link, { push: false });
    else location.reload();
  });
}

// ---------------------------------------------------------------- keys

const typing = (element) =>
  element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
  (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));

const current = () => document.activeElement?.closest?.(".topic") ?? main.querySelector(".topic.on");

function move(step) {
  const all = rows().filter((row) => row.checkVisibility());
  const at = all.indexOf(current());
  const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  row?.querySelector("a").focus();
}

function set(state) {
  const place = current() ?? document.getElementById("topic");
  const button = place?.querySelector("button[formaction][name=state]:not(.steps *)");
  if (!button) return;
  const url = button.getAttribute("formaction");
  const pressed = place.querySelector(`button[aria-pressed=true]`)?.value;
  const already = pressed === state || place.classList.contains(state) || (state === "done" && place.classList.contains("waived"));
  intend(url, already ? "todo" : state, title(place));
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => current()?.querySelector("a").click(),
  x: () => set("done"),
  l: () => set("learning"),
  s: () => set("skipped"),
  u: () => (document.querySelector("#status form") ?? document.querySelector(".messages form"))?.requestSubmit(), // the latest act
  Escape: () => { if (panel?.childElementCount && wide.matches) shut(); },
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
  if (!Object.hasOwn(KEYS, event.key) || typing(event.target) || document.querySelector("dialog[open], .menu[open]")) return;
  KEYS[event.key]();
  if (event.key !== "Escape") event.preventDefault();
});

// ---------------------------------------------------------------- the outline follows the page

const outline = document.querySelector(".outline");
if (outline) {
  const links = new Map([...outline.querySelectorAll("a.m")].map((a) => [a.hash.slice(1), a]));
  const seen = new Set();
  const spy = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.id);
    const here = [...links.keys()].find((id) => seen.has(decodeURIComponent(id)) || seen.has(id));
    if (!here) return;
    for (const [id, link] of links) {
      if (id === here) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-64px 0px -55% 0px" });
  for (const module of main.querySelectorAll(".module[id]")) spy.observe(module);
}

remark();
keepDrafts();

// What another tab saved while this page was on its way was told to those that listened already.
if (form && kept.late()) {
  fetch(location.href, { cache: "no-store" }).then(async (answer) => {
    const now = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    apply({ children: now.querySelectorAll("#head, #topic, .topic, .band, .top, .outline [id]") });
  }).catch(() => {});
}
