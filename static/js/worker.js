// The service worker: without a connection there are the frame, the roadmaps and topics seen last, and a page that says
// what works (docs/offline.md). Served at /sw.js with OURS before it: the version, what makes up the frame, and words.
//
// With a connection a page always comes from the server. Files are named by what is in them, so one that is here is right.

/* global OURS */
const FILES = "files";
const PAGES = "pages";
const MOST = 40; // pages
const SEEN = /^\/(roadmaps\/([^/]+\/)?|topics\/[^/]+\/|today\/)?$/;
const HASHED = /^\/static\/.*\.[0-9a-f]{12}\.\w+$/;
const AWAY = [502, 503, 504];

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    await (await caches.open(FILES)).addAll([...OURS.frame, OURS.offline]);
    await skipWaiting(); // pages come from the server and files by their names: old and new ones get along
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
    await tidy();
    await clients.claim();
  })());
});

/** Files that neither the frame nor a kept page names are of versions that are gone. */
async function tidy() {
  const named = new Set([...OURS.frame, OURS.offline]);
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) {
    const text = await (await pages.match(request)).text();
    for (const [path] of text.matchAll(/\/static\/[\w./-]+/g)) named.add(path);
  }
  const files = await caches.open(FILES);
  for (const request of await files.keys()) if (!named.has(new URL(request.url).pathname)) await files.delete(request);
}

// The first page of all came before there was a worker: it asks to be kept.
addEventListener("message", (event) => {
  if (event.data !== "keep" || !event.source?.url) return;
  const url = new URL(event.source.url);
  if (SEEN.test(url.pathname)) event.waitUntil(fetch(url, { cache: "no-store" }).then((answer) => isPage(answer) && keep(url, answer)).catch(() => {}));
});

const isPage = (answer) => answer.ok && answer.type === "basic" && !answer.redirected && /^text\/html/.test(answer.headers.get("Content-Type") ?? "");

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === "/accounts/logout/") event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (HASHED.test(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (request.headers.get("HX-Request") && SEEN.test(url.pathname)) event.respondWith(page(event, url)); // a topic in the panel
});

async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files.put(request, answer.clone()).catch(() => {}); // no room: it is for the network then
  return answer;
}

async function page(event, url) {
  let answer;
  try { answer = await fetch(event.request); } catch { return seen(url); }
  if (AWAY.includes(answer.status)) return (await kept(url)) ?? answer;
  if (isPage(answer)) event.waitUntil(keep(url, answer.clone()).catch(() => {}));
  return answer;
}

/** A page names the person it is for. What was kept for somebody else goes before anything of theirs is kept. */
async function keep(url, answer) {
  const html = await answer.text();
  const person = /<meta name="person" content="(\d*)"/.exec(html)?.[1];
  if (person === undefined) return;
  if (person !== (await theirs())) {
    await caches.delete(PAGES);
    const pages = await caches.open(PAGES);
    await pages.put("/person", new Response(person));
  }
  if (!SEEN.test(url.pathname)) return;
  const pages = await caches.open(PAGES);
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Seen": String(Date.now()) };
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"]) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  const place = url.pathname + url.search;
  await pages.delete(place); // the last in the list is the newest
  await pages.put(place, new Response(html, { headers }));
  const all = (await pages.keys()).filter((request) => !request.url.endsWith("/person"));
  for (const old of all.slice(0, Math.max(0, all.length - MOST))) await pages.delete(old);
  await withFiles(html);
}

/** What a page names, and came past the worker: it was there before it, or in the browser's own cache. */
async function withFiles(html) {
  const files = await caches.open(FILES);
  for (const [, path] of html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)) {
    if (HASHED.test(path) && !(await files.match(path))) await files.add(path).catch(() => {});
  }
}

async function theirs() {
  if (!(await caches.has(PAGES))) return undefined;
  return (await (await caches.open(PAGES)).match("/person"))?.text();
}

/** The page as it was last seen, saying so, or undefined. */
async function kept(url) {
  if (!SEEN.test(url.pathname) || !(await caches.has(PAGES))) return undefined;
  const pages = await caches.open(PAGES);
  const found = (await pages.match(url.pathname + url.search)) ?? (await pages.match(url.pathname, { ignoreSearch: true }));
  if (!found) return undefined;
  const when = new Date(Number(found.headers.get("X-Seen"))).toLocaleString(`${OURS.language}-u-nu-latn`, { dateStyle: "medium", timeStyle: "short" });
  const note = `<p class="note warning seen" role="status"><span>${OURS.words.seen.replace("{when}", escaped(when))}</span> <a class="text" href="">${OURS.words.anew}</a></p>`;
  const html = (await found.text()).replace(/<(main|article class="sheet")\b[^>]*>/g, (tag) => tag + note);
  return new Response(html, { headers: found.headers });
}

/** What there is of it: the page as it was, else one that says what works and lists the pages that can be read. */
async function seen(url) {
  const old = await kept(url);
  if (old) return old;
  const shell = await (await caches.open(FILES)).match(OURS.offline);
  if (!shell) return Response.error();
  const list = new Map(); // the newest first; a roadmap once, however it was filtered
  if (await caches.has(PAGES)) {
    const pages = await caches.open(PAGES);
    for (const request of (await pages.keys()).reverse()) {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/person" || list.has(pathname)) continue;
      const title = /<title>([^<]*?)( · Pathnotes)?<\/title>/.exec(await (await pages.match(request)).text())?.[1] ?? pathname;
      const path = pathname + (search.startsWith("?roadmap=") ? search : "");
      list.set(pathname, `<li><a href="${escaped(path)}" dir="auto">${title}</a></li>`);
    }
  }
  const html = (await shell.text()).replace("<!-- pages -->", list.size ? `<ul>${[...list.values()].join("")}</ul>` : `<p>${OURS.words.none}</p>`);
  return new Response(html, { status: 503, headers: shell.headers });
}

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
