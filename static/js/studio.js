// The studio's tree: rows are dragged, moved with Alt and the arrows, renamed with F2. Everything else is links and forms.
//
// An act is sent by one of two hidden forms of the page; its answer carries the tree as it is then, and the focus goes back
// to the row it was in.

const tree = () => document.getElementById("tree");
// Towards the end of a line is in, whichever side that is.
const [IN, OUT] = document.documentElement.dir === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
const ARROWS = { ArrowUp: "up", ArrowDown: "down", [IN]: "in", [OUT]: "out" };

function send(form, row, fields) {
  const all = {
    uid: row.dataset.uid, seen: row.dataset.seen, operation: crypto.randomUUID?.() ?? uuid(),
    open: tree().dataset.open, at: tree().dataset.at, ...fields,
  };
  for (const [name, value] of Object.entries(all)) form.elements.namedItem(name).value = value;
  form.requestSubmit();
}

// randomUUID is there in secure contexts alone; a studio in a local network has none
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// ---------------------------------------------------------------- one act at a time

let busy = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  if (busy) event.preventDefault();
  else {
    busy = true;
    document.body.toggleAttribute("data-busy", true);
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  busy = false;
  document.body.removeAttribute("data-busy");
});

// ---------------------------------------------------------------- keyboard

const rowOf = (node) => node.closest?.("#tree li.node");
const mainOf = (row) => row?.querySelector(":scope > .row > :is(.twist, .name)");

document.addEventListener("keydown", (event) => {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const typing = event.target.matches("input, textarea, select");
  if (event.altKey && ARROWS[event.key] && !typing) {
    event.preventDefault();
    let way = ARROWS[event.key];
    if (document.dir === "rtl" && (way === "in" || way === "out")) way = way === "in" ? "out" : "in";
    send(document.getElementById("step"), row, { way });
  } else if (event.key === "F2" && !event.altKey) {
    event.preventDefault();
    rename(row);
  } else if (event.key === "Escape" && event.target.matches(".rename")) {
    event.preventDefault();
    event.target.value = event.target.defaultValue;
    row.querySelector(".forms a.act")?.click();
  }
});

let renaming = null;
function rename(row) {
  const field = row.querySelector(":scope > .forms .rename");
  if (field) field.select();
  else {
    renaming = row.id;
    row.querySelector(":scope > .row > .edit").click();
  }
}
document.addEventListener("dblclick", (event) => {
  const row = event.target.closest?.(".row") && rowOf(event.target);
  if (row && !event.target.closest("a, button, input")) rename(row);
});

// ---------------------------------------------------------------- the same place after an answer

// htmx carries style attributes over to what has the same id, which the CSP refuses; dragging leaves some behind.
const unstyled = () => { for (const element of tree().querySelectorAll("[style]")) element.removeAttribute("style"); };
document.addEventListener("htmx:oobBeforeSwap", unstyled);

let place = null;
document.addEventListener("htmx:beforeSwap", () => {
  unstyled();
  const row = rowOf(document.activeElement ?? document.body);
  if (!row) { place = null; return; }
  const active = document.activeElement;
  const inForms = active.closest(".forms") && (active.id || (active.name && [active.name, active.value]));
  place = { row: row.id, control: inForms || null, edit: active.matches(".edit") };
});

function again() {
  drag();
  const field = renaming && document.getElementById(renaming)?.querySelector(".rename");
  if (field) {
    renaming = null;
    place = null;
    field.focus();
    field.select();
    return;
  }
  if (!place || document.activeElement !== document.body) return;
  const row = document.getElementById(place.row);
  let to = null;
  if (typeof place.control === "string") to = document.getElementById(place.control);
  else if (place.control) to = row?.querySelector(`:scope > .forms button[name="${CSS.escape(place.control[0])}"]`);
  if (place.edit && row?.matches(".at")) to = row.querySelector(".rename");
  (to ?? mainOf(row) ?? document.getElementById("undo"))?.focus({ preventScroll: Boolean(row) });
  place = null;
}
document.addEventListener("htmx:afterSettle", again);
// A page of its own with the forms of a thing: asked for without htmx, or before it had seen the row.
if (document.activeElement === document.body) {
  const field = document.querySelector("#tree .at > .forms .rename");
  field?.focus();
  field?.select();
}
document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target?.id === "tree" || event.target.id === "tree") queueMicrotask(again); });

// ---------------------------------------------------------------- dragging

function drag() {
  if (typeof Sortable === "undefined") return;
  for (const list of document.querySelectorAll("#tree ul.kids:not([data-drag])")) {
    list.dataset.drag = "";
    Sortable.create(list, {
      group: "tree", handle: ".grip", draggable: "li.node", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      fallbackOnBody: true, swapThreshold: 0.65, emptyInsertThreshold: 12, delay: 150, delayOnTouchOnly: true,
      ghostClass: "ghost", onStart: () => document.body.toggleAttribute("data-dragging", true), onEnd: dropped,
    });
  }
}

function dropped({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
  document.body.removeAttribute("data-dragging");
  if (from === to && oldDraggableIndex === newDraggableIndex) return;
  const before = item.previousElementSibling?.dataset.uid ?? "";
  const after = to.hasAttribute("data-closed") ? "last" : before;
  const parent = to.dataset.parent;
  const back = from.querySelectorAll(":scope > li.node")[oldDraggableIndex] ?? null;
  const allowed = parent || item.hasAttribute("data-section");
  if (!allowed || busy || item.contains(to)) {
    from.insertBefore(item, back);
    return;
  }
  const undo = (event) => {
    if (event.detail.elt?.id === "move") from.insertBefore(item, back);
  };
  document.addEventListener("htmx:sendError", undo, { once: true });
  document.addEventListener("htmx:timeout", undo, { once: true });
  document.addEventListener("htmx:afterRequest", () => {
    document.removeEventListener("htmx:sendError", undo);
    document.removeEventListener("htmx:timeout", undo);
  }, { once: true });
  send(document.getElementById("move"), item, { parent, after });
}

// What could not be sent is said; the tree stays as it was.
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.xhr && [409, 422].includes(event.detail.xhr.status)) return;
    const note = document.createElement("div");
    note.className = "note error";
    note.append(JSON.parse(tree().dataset.words).not_saved);
    document.getElementById("notice").replaceChildren(note);
  });
}

addEventListener("DOMContentLoaded", drag);
drag();
