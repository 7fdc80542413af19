// Uploading notes: only notes of a folder are sent, what is too much is said before it is sent, and a bar shows how far it is.
// Without this module the form sends all that was chosen, and the server leaves out what is no note.

const NOTE = /\.(md|markdown|mdown|txt)$/i;
const form = document.querySelector("form.upload");

if (form) {
  const [files, folder] = [form.querySelector("#files"), form.querySelector("#folder")];
  const chosen = form.querySelector(".chosen"), bar = form.querySelector(".sending"), button = form.querySelector("button[type=submit]");
  const limit = (name) => Number(form.dataset[name]);
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
    if (!all.length) { say(left ? "There are no notes in this folder." : "", left > 0); return left === 0; }
    const size = all.reduce((sum, file) => sum + file.size, 0);
    const large = all.find((file) => NOTE.test(file.name) && file.size > limit("note"));
    const amount = `${all.length} file${all.length === 1 ? "" : "s"}, ${(size / 1048576).toFixed(1)} MiB`;
    if (large) say(`${large.name} is longer than a note may be. Split it or leave it out.`, true);
    else if (all.length > limit("notes")) say(`${amount}: that is more than one upload may have.`, true);
    else if (size > limit("body")) say(`${amount}: that is more than one upload may have.`, true);
    else { say(`${amount}${left ? `; ${left} others in the folder are not sent` : ""}.`); return true; }
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
    request.upload.addEventListener("load", () => { bar.removeAttribute("value"); say("Arrived. Making the plan …"); });
    request.addEventListener("load", () => {
      if (request.status < 400) { location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const why = (page.querySelector("main [role=alert] p") ?? page.querySelector("main h1 + p"))?.textContent;
      bar.hidden = true;
      button.disabled = false;
      say(why || "The server did not take it. Nothing was kept; try again.", true);
    });
    request.addEventListener("error", () => { bar.hidden = true; button.disabled = false; say("The upload did not arrive. Nothing was kept; try again.", true); });
    bar.value = 0;
    bar.hidden = false;
    button.disabled = true;
    request.send(new FormData(form));
  });
}
