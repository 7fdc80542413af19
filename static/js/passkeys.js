// Passkeys: a form with data-passkey asks the device, puts its answer into the field `credential`, and is sent.
//   create  makes one       (options lie in #passkey-options)
//   get     shows one       (options lie in #passkey-options)
//   login   shows one       (options are asked for at the form's own address)
// Encoding and decoding is webauthn-json's, which comes with allauth.
const { create, get, supported } = globalThis.webauthnJSON;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const kind = form.dataset.passkey;
  const said = (name) => {
    const found = [...form.querySelectorAll("[data-error]")];
    const right = found.find((each) => each.dataset.error === name) ?? found.find((each) => !each.dataset.error);
    for (const each of found) each.hidden = each !== right || name === "";
  };
  if (!supported()) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    said("");
    try {
      form.elements.credential.value = JSON.stringify(await ask(kind, form));
      form.submit();
    } catch (error) {
      button.disabled = false;
      said(error.name);
      button.focus();
    }
  });
}

async function ask(kind, form) {
  if (kind === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return get((await answer.json()).request_options);
  }
  const options = JSON.parse(document.getElementById("passkey-options").textContent);
  if (kind === "get") return get(options.request_options);
  const wanted = options.creation_options;
  const alone = form.elements.passwordless.checked;
  const selection = wanted.publicKey.authenticatorSelection ??= {};
  selection.residentKey = alone ? "required" : "discouraged";
  selection.requireResidentKey = alone;
  if (alone) selection.userVerification = "required";
  return create(wanted);
}
