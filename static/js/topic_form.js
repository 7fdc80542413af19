// The form of a topic: titles offered while a wiki link is written, rows that can be added and moved by keyboard, and a
// question before what was typed is left behind. Without this module everything works, with a page between.

const form = document.getElementById("topic-form");
const said = document.getElementById("said");
const WORDS = JSON.parse(form?.dataset.words ?? "{}"); // in the language of the page
const locale = `${document.documentElement.lang || "en"}-u-nu-latn`; // the digits that the server writes
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (forms, number, values = {}) =>
  fill(forms[new Intl.PluralRules(locale).select(number)] ?? forms.other, { n: number.toLocaleString(locale), ...values });

// ---------------------------------------------------------------- [[ titles

const body = document.getElementById("f-body");
const BEGUN = /\[\[([^[\]|#\n]{1,80})$/;
let offer = null;
let asked = 0;
let chosen = -1;

function begun() {
  if (body.selectionStart !== body.selectionEnd) return null;
  return BEGUN.exec(body.value.slice(0, body.selectionStart));
}

function close() {
  asked += 1;
  offer?.remove();
  offer = null;
  chosen = -1;
  for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) body.removeAttribute(name);
}

async function look() {
  const link = begun();
  if (!link) return close();
  const question = ++asked;
  let titles;
  try {
    const answer = await fetch(body.dataset.titles + encodeURIComponent(link[1]), { redirect: "error" });
    if (!answer.ok) return close();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    titles = [...page.querySelectorAll("#titles [data-title]")].map((item) => item.dataset.title);
  } catch { return close(); } // no connection: the link is written by hand
  if (question !== asked || !begun()) return;
  titles.length ? show(titles) : close();
}

function show(titles) {
  offer?.remove();
  offer = document.createElement("ul");
  offer.className = "offer";
  offer.id = "offer";
  offer.setAttribute("role", "listbox");
  offer.setAttribute("aria-label", WORDS.topics);
  titles.forEach((title, place) => {
    const option = document.createElement("li");
    option.id = `offer-${place}`;
    option.setAttribute("role", "option");
    option.dir = "auto";
    option.textContent = title;
    option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(title); });
    offer.append(option);
  });
  body.after(offer);
  body.setAttribute("aria-autocomplete", "list");
  body.setAttribute("aria-controls", "offer");
  choose(0);
  said.textContent = count(WORDS.offered, titles.length);
}

function choose(place) {
  const options = [...offer.children];
  chosen = (place + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
  options[chosen].scrollIntoView({ block: "nearest" });
  body.setAttribute("aria-activedescendant", options[chosen].id);
}

function take(title) {
  const link = begun();
  close();
  if (!link) return;
  const end = body.selectionStart;
  const behind = body.value.slice(end).startsWith("]]") ? 2 : 0;
  body.setRangeText(`[[${title}]]`, end - link[0].length, end + behind, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

let waiting;
body?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 150);
});
body?.addEventListener("blur", close);
body?.addEventListener("keydown", (event) => {
  if (!offer || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" || event.key === "Tab") take(offer.children[chosen].textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});

// The preview follows the text; the button leads there, and without htmx asks for the whole page.
document.getElementById("preview-now")?.addEventListener("click", (event) => {
  if (!window.htmx) return;
  event.preventDefault();
  body.dispatchEvent(new Event("input", { bubbles: true }));
  document.getElementById("preview").scrollIntoView({ block: "nearest" });
});

// ---------------------------------------------------------------- rows

for (const list of document.querySelectorAll("[data-rows]")) {
  const more = document.createElement("button");
  more.type = "button";
  more.className = "act small";
  more.textContent = WORDS.more;
  more.addEventListener("click", () => {
    const row = list.lastElementChild.cloneNode(true);
    const number = list.children.length + 1;
    for (const field of row.querySelectorAll("input, select")) {
      if (field.name === "resource_row") field.value = number;
      else if (field.type === "checkbox") field.closest(".check").remove();
      else field.value = "";
      if (field.id) field.id = field.id.replace(/\d+$/, number);
    }
    for (const label of row.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/\d+$/, number);
    list.append(row);
    row.querySelector(".grow input").focus();
  });
  list.after(more);

  list.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target.closest("[data-row]");
    const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    event.preventDefault();
    if (!other) return;
    if (event.key === "ArrowUp") other.before(row);
    else other.after(row);
    [...list.children].forEach((each, place) => { each.querySelector(".place input").value = place + 1; });
    event.target.focus();
    said.textContent = fill(WORDS.place, { n: [...list.children].indexOf(row) + 1 });
  });
}

// ---------------------------------------------------------------- nothing typed is lost

const state = () => new URLSearchParams(new FormData(form)).toString();
// What an answer brought back has not been saved either.
const begin = form && !("unsaved" in form.dataset) ? state() : null;
let leaving = false;
form?.addEventListener("submit", () => { leaving = true; });
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  if (form && !leaving && state() !== begin) event.preventDefault();
});
