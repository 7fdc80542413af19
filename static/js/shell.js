// The frame of every page. Loaded in <head>, blocking and tiny, so that a chosen theme never flashes.
(() => {
  "use strict";
  const root = document.documentElement;
  const themes = ["system", "light", "dark"];
  root.dataset.js = ""; // what needs it has its place from the first paint

  const stored = () => {
    try { return themes.includes(localStorage.theme) ? localStorage.theme : "system"; } catch { return "system"; }
  };
  const apply = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    sendWhatWaits();
    const button = document.getElementById("theme");
    if (!button) return; // a page without the frame, such as an error
    const help = document.getElementById("help");
    const keys = document.getElementById("keys");
    const link = document.getElementById("find-link");

    const label = () => {
      const now = stored();
      const next = themes[(themes.indexOf(now) + 1) % themes.length];
      button.setAttribute("aria-label", `Theme: ${now}. Change to ${next}`);
      button.title = `Theme: ${now}`;
      return next;
    };
    label();
    button.hidden = keys.hidden = false;
    button.addEventListener("click", () => {
      const next = label();
      try { localStorage.theme = next; } catch { /* a private window: the choice lasts as long as the page */ }
      apply(next);
      label();
    });
    // Another tab changed it.
    addEventListener("storage", (event) => { if (event.key === "theme") { apply(stored()); label(); } });

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
