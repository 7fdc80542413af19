// The account page: offers the time zone of this device in one click.
const offer = document.getElementById("zone-here");
const field = document.getElementById("id_time_zone");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether the page tells this zone's time already, perhaps by another of its names. */
function isShown(zone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone === here;
  } catch {
    return false;
  }
}

if (offer && field && here && !isShown(offer.dataset.zone)) {
  offer.querySelector("span").textContent = here;
  offer.hidden = false;
  offer.addEventListener("click", () => {
    field.value = here;
    field.form.requestSubmit();
  });
}
