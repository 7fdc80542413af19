// Keys of the review: space opens the notes, 1 to 4 answer, u takes the last answer back. All of it are buttons, too.
const reveal = document.getElementById("reveal");

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === " ") {
    // On a control, space is the control's own.
    if (!reveal || reveal.open || event.target.closest("a, button, summary")) return;
    event.preventDefault();
    reveal.open = true;
  } else if (/^[1-4]$/.test(event.key) && reveal?.open) {
    event.preventDefault();
    reveal.querySelector(`button[name=rating][value="${event.key}"]`)?.click();
  } else if (event.key === "u") {
    document.querySelector("button[data-undo]")?.click();
  }
});

// One answer is sent once; a page that comes back from the history can be used again.
const form = reveal?.querySelector("form");
let sent = false;
form?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
addEventListener("pageshow", () => {
  sent = false;
});
