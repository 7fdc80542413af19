// The frame of every page. Loaded in <head>, blocking and tiny, so that a chosen theme never flashes.
(() => {
  "use strict";
  const root = document.documentElement;
  const themes = ["system", "light", "dark"];
  root.dataset.js = ""; // what needs it has its place from the first paint

  const stored = (name) => { try { return localStorage[name]; } catch { return undefined; } };
  const store = () => {
    try { [localStorage.theme, localStorage.themeOwn] = [theme, own ? "1" : ""]; } catch { /* a private window: the choice lasts as long as the page */ }
  };
  const read = () => (themes.includes(stored("theme")) ? stored("theme") : "system");
  const apply = () => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  // The choice of who is signed in goes with the account, and the page brings it along; what was chosen in this browser
  // before counts until then.
  const own = root.dataset.ownTheme;
  let theme = read();
  if (own && (root.dataset.theme || stored("themeOwn"))) {
    theme = root.dataset.theme || "system";
    store();
  }
  apply();

  document.addEventListener("DOMContentLoaded", () => {
    sendWhatWaits();
    const button = document.getElementById("theme");
    if (!button) return; // a page without the frame, such as an error
    const help = document.getElementById("help");
    const keys = document.getElementById("keys");
    const link = document.getElementById("find-link");

    const words = JSON.parse(button.dataset.words);
    const label = () => {
      const next = themes[(themes.indexOf(theme) + 1) % themes.length];
      button.setAttribute("aria-label", words[`to_${next}`]);
      button.title = words[theme];
      return next;
    };
    label();
    button.hidden = keys.hidden = false;
    button.addEventListener("click", () => {
      theme = label();
      store();
      apply();
      label();
      if (own) keep();
    });
    // Another tab changed it.
    addEventListener("storage", (event) => { if (event.key === "theme") { theme = read(); apply(); label(); } });

    keys.addEventListener("click", () => help.showModal());
    help.addEventListener("click", (event) => { if (event.target === help) help.close(); });

    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        const open = document.querySelector(".menu[open]");
        if (open) { open.open = false; open.firstElementChild.focus(); event.preventDefault(); }
      }
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
      if (event.key === "/" && bare && !document.querySelector("dialog[open]")) {
        const field = ["q", "find"].map((id) => document.getElementById(id)).find((input) => input?.checkVisibility());
        if (field) { field.focus(); field.select(); } else location.assign(link.href);
        event.preventDefault();
      }
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (!document.querySelector("dialog[open]")) openPalette(link);
      }
      if (event.key === "?" && bare && !help.open) {
        help.showModal();
        event.preventDefault();
      }
    });
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
  });

  /** Tell the server, too. Whoever is on the way to another page is not held up; a choice that is lost is made again. */
  const keep = () => {
    const token = document.querySelector(".menu [name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ theme: theme === "system" ? "" : theme, csrfmiddlewaretoken: token });
    fetch(own, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: true }).catch(() => {});
  };
  /** Check-offs that this device kept are sent from any page (kept.js); a roadmap brings that along itself. */
  const sendWhatWaits = () => {
    const src = document.querySelector("meta[name=person]")?.dataset.kept;
    if (!src || document.querySelector("script[data-kept]")) return;
    try { if (!Object.keys(localStorage).some((key) => key.startsWith("kept:"))) return; } catch { return; }
    document.head.append(Object.assign(document.createElement("script"), { type: "module", src }));
  };

  // The shell and the pages seen last, without a connection (docs/offline.md). Only where the browser trusts the address.
  addEventListener("load", () => {
    const { serviceWorker } = navigator;
    if (!window.isSecureContext || !serviceWorker || !document.querySelector("meta[name=person]")) return;
    const first = !serviceWorker.controller;
    serviceWorker.register("/sw.js").then(() => serviceWorker.ready).then(({ active }) => { if (first) active.postMessage("keep"); }).catch(() => {});
  });

  /** Loaded when it is first asked for; it opens by itself then, and when it hears "palette" after that. */
  const openPalette = (link) => {
    if (document.getElementById("palette")) document.dispatchEvent(new Event("palette"));
    else if (!document.querySelector("script[data-palette]")) {
      const script = document.createElement("script");
      Object.assign(script, { type: "module", src: link.dataset.palette, onerror: () => location.assign(link.href) });
      script.dataset.palette = script.dataset.typed = "";
      document.head.append(script);
      // What is typed until it is there is meant for it, not for the keys of the page.
      const hold = (event) => {
        if (document.getElementById("palette") || !script.isConnected) return removeEventListener("keydown", hold, true);
        if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) script.dataset.typed += event.key;
        event.preventDefault();
        event.stopImmediatePropagation();
      };
      addEventListener("keydown", hold, true);
    }
  };

  const typing = (element) =>
    element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));
})();
