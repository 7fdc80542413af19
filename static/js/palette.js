// The command palette (Ctrl or ⌘ K): pages, acts, roadmaps and topics by name. Loaded when it is first asked for.
// A combobox over a listbox: the focus stays in the field, arrows choose, Enter goes there.

const link = document.getElementById("find-link");
const WORDS = JSON.parse(link.dataset.words); // in the language of the page
const locale = `${document.documentElement.lang || "en"}-u-nu-latn`; // the digits that the server writes
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const count = (forms, number, values = {}) =>
  fill(forms[new Intl.PluralRules(locale).select(number)] ?? forms.other, { n: number.toLocaleString(locale), ...values });
const address = link.dataset.list; // answers with the entries for `?q=`
const WAIT = 120; // milliseconds of rest before what was typed is sent

const dialog = document.createElement("dialog");
dialog.id = dialog.className = "palette";
dialog.setAttribute("aria-label", WORDS.title);
const field = document.createElement("input");
field.type = "text";
for (const [name, value] of Object.entries({
  role: "combobox", "aria-label": WORDS.field, "aria-controls": "palette-list", "aria-expanded": "true",
  "aria-autocomplete": "list", placeholder: WORDS.field, maxlength: "200", dir: "auto", autocomplete: "off",
  autocapitalize: "none", spellcheck: "false", enterkeyhint: "go",
})) field.setAttribute(name, value);
const list = document.createElement("ul");
list.id = "palette-list";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", WORDS.list);
const said = document.createElement("p");
said.setAttribute("role", "status");
dialog.append(field, list, said);
document.body.append(dialog);

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  } else field.removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

let timer;
let asking;
let shown = null; // what the list answers
async function ask() {
  clearTimeout(timer);
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const typed = field.value;
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(typed)}`, { signal });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (signal.aborted) return;
    list.replaceChildren(...page.body.children);
    shown = typed;
    choose(options()[0]);
    said.textContent = "";
    const number = options().length;
    said.className = number ? "hide" : "";
    said.textContent = number ? count(WORDS.found, number) : WORDS.nothing;
  } catch (error) {
    if (error.name === "AbortError") return;
    said.className = "";
    said.textContent = WORDS.away;
  }
}

/** Who types and presses Enter at once means what they typed, and not what was found for less of it. */
async function enter() {
  if (shown !== field.value) await ask();
  if (dialog.open && shown === field.value && chosen()) take(chosen());
}

function take(option) {
  const { act } = option.dataset;
  dialog.close();
  if (act) document.getElementById(act)?.click();
  else location.assign(option.href);
}

field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
});
list.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && option !== chosen()) choose(option);
});
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the browser's
  event.preventDefault();
  take(option);
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

/** `typed`: while this script was on its way. */
function open(typed) {
  if (dialog.open) return;
  field.value = typeof typed === "string" ? typed : "";
  list.replaceChildren();
  shown = null;
  dialog.showModal();
  field.focus();
  ask();
}

document.addEventListener("palette", open);
open(document.querySelector("script[data-palette]").dataset.typed);
