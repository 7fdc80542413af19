// What is typed into one's own note stays on this device until it is saved: through a reload, a lost connection, a
// browser that dies (docs/offline.md). It is kept for the person and the topic, with the version of the note that it
// was written over, so that saving it over a newer one shows both.

const person = document.querySelector("meta[name=person]").content;
const known = new WeakSet(); // forms that were looked at
let back = ""; // what came back on this page and is not saved yet
let busy = false; // the form is on its way: the answer says which version counts
let homeless = false; // nothing may be stored here

const keyOf = (form) => `draft:${person}:${form.dataset.draft}`;
const find = () => (person ? document.getElementById("note-form") : null);
const isOf = (event) => find()?.contains(event.target);

function read(form) {
  try { return JSON.parse(localStorage.getItem(keyOf(form))); } catch { return null; }
}

function drop(form) {
  try { localStorage.removeItem(keyOf(form)); } catch { /* nothing is stored */ }
  back = "";
}

/** It says something else than the page that came from the server. */
function differs({ dataset, elements: { text, shared } }) {
  return "typed" in dataset || text.value.trim() !== text.defaultValue.trim() || (shared && shared.checked !== shared.defaultChecked);
}

function keep(form) {
  const { text, shared, seen } = form.elements;
  if (!differs(form)) drop(form);
  else {
    try { localStorage.setItem(keyOf(form), JSON.stringify({ text: text.value, shared: shared?.checked, seen: seen.value })); homeless = false; } catch { homeless = true; }
  }
  tell(form);
}

function tell(form) {
  const box = form.querySelector("#note-draft");
  box.hidden = back !== keyOf(form);
  if (!box.hidden) form.closest("details").open = true;
}

/** The page, or a part of it, came anew. */
function check() {
  const form = find();
  if (!form || busy) return;
  const draft = read(form);
  const first = !known.has(form);
  known.add(form);
  const { text, shared, seen } = form.elements;
  if (!draft || "typed" in form.dataset) {
    if (differs(form)) keep(form);
    return;
  }
  if (first) {
    text.value = draft.text;
    if (shared) shared.checked = draft.shared;
    if (!differs(form)) return drop(form); // it was saved
    back = keyOf(form);
  } else if (!differs(form)) return; // of another tab
  if (seen.value !== draft.seen) [seen.dataset.now, seen.value] = [seen.value, draft.seen];
  tell(form);
}

document.addEventListener("input", (event) => { if (isOf(event)) keep(find()); });
document.addEventListener("click", (event) => {
  if (!isOf(event) || !event.target.closest("[data-discard]")) return;
  const form = find();
  const { text, shared, seen } = form.elements;
  text.value = text.defaultValue;
  if (shared) shared.checked = shared.defaultChecked;
  seen.value = seen.dataset.now ?? seen.value;
  keep(form);
  text.focus();
});
document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (detail.elt.id === "note-form") busy = true; });
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
  if (requestConfig.elt.id !== "note-form") return;
  busy = false;
  const form = find();
  if (!form) return;
  known.add(form);
  if (successful) back = "";
  if (successful || xhr.status === 409) keep(form);
});
addEventListener("beforeunload", (event) => { if (homeless && find() && differs(find())) event.preventDefault(); });
window.drafts = { check };
check();
