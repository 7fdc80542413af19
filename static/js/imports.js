// Uploading notes: only notes of a folder are sent, what is too much is said before it is sent, and a bar shows how far it is.
// Without this module the form sends all that was chosen, and the server leaves out what is no note.

const NOTE = /\.(md|markdown|mdown|txt)$/i;
const form = document.querySelector("form.upload");

if (form) {
  const [files, folder] = [form.querySelector("#files"), form.querySelector("#folder")];
  const chosen = form.querySelector(".chosen"), bar = form.querySelector(".sending"), button = form.querySelector("button[type=submit]");
  const limit = (name) => Number(form.dataset[name]);
  const WORDS = JSON.parse(form.dataset.words); // in the language of the page
  const locale = `${document.documentElement.lang || "en"}-u-nu-latn`; // the digits that the server writes
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const count = (forms, number, values = {}) =>
    fill(forms[new Intl.PluralRules(locale).select(number)] ?? forms.other, { n: number.toLocaleString(locale), ...values });
  let left = 0;

  const isNote = (file) => NOTE.test(file.name) && !(file.webkitRelativePath || file.name).split("/").some((part) => part.startsWith("."));
  const say = (text, wrong = false) => { chosen.textContent = text; chosen.classList.toggle("wrong", wrong); };

  function keepNotes() {
    const notes = new DataTransfer(), all = [...folder.files];
    for (const file of all) if (isNote(file)) notes.items.add(file);
    left = all.length - notes.files.length;
    if (left) folder.files = notes.files;
  }

  function look() {
    const all = [...files.files, ...folder.files];
    if (!all.length) { say(left ? WORDS.none : "", left > 0); return left === 0; }
    const size = all.reduce((sum, file) => sum + file.size, 0);
    const large = all.find((file) => NOTE.test(file.name) && file.size > limit("note"));
    const mebibytes = (size / 1048576).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const amount = count(WORDS.amount, all.length, { size: mebibytes });
    if (large) say(fill(WORDS.long, { name: large.name }), true);
    else if (all.length > limit("notes")) say(fill(WORDS.much, { amount }), true);
    else if (size > limit("body")) say(fill(WORDS.much, { amount }), true);
    else { say(left ? count(WORDS.left, left, { amount }) : fill(WORDS.fine, { amount })); return true; }
    return false;
  }

  folder.addEventListener("change", () => { left = 0; keepNotes(); look(); });
  files.addEventListener("change", look);
  addEventListener("pageshow", () => { bar.hidden = true; button.disabled = false; });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!look()) return;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (sent) => { if (sent.lengthComputable) bar.value = Math.floor(sent.loaded / sent.total * 100); });
    request.upload.addEventListener("load", () => { bar.removeAttribute("value"); say(WORDS.arrived); });
    request.addEventListener("load", () => {
      if (request.status < 400) { location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const why = (page.querySelector("main [role=alert] p") ?? page.querySelector("main h1 + p"))?.textContent;
      bar.hidden = true;
      button.disabled = false;
      say(why || WORDS.refused, true);
    });
    request.addEventListener("error", () => { bar.hidden = true; button.disabled = false; say(WORDS.away, true); });
    bar.value = 0;
    bar.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}
