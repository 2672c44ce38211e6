// Keeps what a person has typed in this tab until it is sent, sends a form once, and warns before the session ends. It
// runs on the pages of the server and, in the companion script, on those of the program.
(() => {
  "use strict";
  const place = "bompass.typed", keptMax = 60 * 60 * 1000;
  const root = document.documentElement;
  const quietly = (f, otherwise) => { try { return f(); } catch { return otherwise; } }; // storage may be forbidden
  let all = quietly(() => JSON.parse(sessionStorage.getItem(place)), null) || {};
  const write = () => quietly(() => sessionStorage.setItem(place, JSON.stringify(all)));

  // all has the typed values by page: { owner, at, sent, values: { id: value } }. Passwords, codes, names to sign in with and values that the
  // browser must not complete are never kept.
  const here = () => all[location.pathname];
  const secret = (field) => !field.id || /^(password|hidden|file|submit|button|search)$/.test(field.type) ||
    /one-time-code|password|username/.test(field.autocomplete) || (field.form && field.form.method === "post" && field.autocomplete === "off");
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";

  addEventListener("input", keep, true);
  addEventListener("change", keep, true);
  function keep(event) {
    const field = event.target;
    if (!event.isTrusted || !field.form || secret(field)) return;
    const entry = here() || { values: {} };
    if (field.type === "radio") for (const other of document.getElementsByName(field.name)) delete entry.values[other.id];
    entry.values[field.id] = ticks(field) ? field.checked : field.value;
    all[location.pathname] = { owner: root.dataset.owner || "", at: Date.now(), values: entry.values };
    write();
  }

  // restore fills in the fields that are on the page. The program draws some of them later.
  function restore() {
    const entry = here();
    if (!entry || entry.owner !== (root.dataset.owner || "")) return;
    for (const [id, value] of Object.entries(entry.values)) {
      const field = document.getElementById(id);
      if (!field || !field.form || field.dataset.restored || secret(field)) continue;
      field.dataset.restored = "1";
      if (value === (ticks(field) ? field.checked : field.value)) continue;
      if (ticks(field)) field.checked = value; else field.value = value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }

  // own says whose tab this is. What another person has typed is deleted.
  function own(owner) {
    root.dataset.owner = owner;
    for (const [path, entry] of Object.entries(all)) {
      if (entry.owner && entry.owner !== owner || Date.now() - entry.at > keptMax) delete all[path];
    }
    write();
    restore();
    new MutationObserver(() => { if (here()) restore(); }).observe(root, { childList: true, subtree: true });
  }

  const clear = () => { all = {}; write(); };

  // forget drops what was typed in the form with a name, or everywhere on a page.
  function forget(path, name) {
    const entry = all[path];
    if (!entry) return;
    for (const form of name ? document.forms : []) {
      if (form.getAttribute("aria-label") === name) for (const field of form.elements) delete entry.values[field.id];
    }
    if (!name || !Object.keys(entry.values).length) delete all[path];
    write();
  }
  window.bompassTyped = { own, clear, forget };

  // A page of the server is loaded: forms that were sent are done, unless the person has to sign in or prove first.
  function loaded() {
    if (new URLSearchParams(location.search).get("why") === "signed-out") clear();
    if (root.dataset.forget) forget(new URL(root.dataset.forget, location).pathname);
    for (const [path, entry] of Object.entries(all)) {
      if (!entry.sent || /^\/(login|prove|parties)/.test(location.pathname)) continue;
      const again = path === location.pathname && Object.keys(entry.values).some((id) => document.getElementById(id));
      if (again) entry.sent = false; else delete all[path];
    }
    write();
    if (root.dataset.owner) own(root.dataset.owner); else if (!document.querySelector(".ds-error-summary")) restore();
  }

  // A form is sent once. Its button stays where the keyboard is.
  function mark(form, sent) {
    if (sent) form.dataset.sent = "1"; else delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) {
      if (sent) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
    }
  }
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    mark(form, true);
    setTimeout(() => mark(form, false), 20000); // the answer has not come
    if (here()) { here().sent = true; write(); }
  });
  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("[data-sent]")) mark(form, false); });

  if (root.dataset.page) { if (document.readyState === "loading") addEventListener("DOMContentLoaded", loaded); else loaded(); }
})();

// A page that waits for an answer shows what the server knows by now.
(() => {
  const waiting = () => document.querySelector("#answer[data-wait]");
  const look = async () => {
    const box = waiting();
    if (!box) return;
    const text = await fetch(location, { cache: "no-store" }).then((reply) => reply.text()).catch(() => "");
    const now = new DOMParser().parseFromString(text, "text/html");
    const found = now.querySelector("#answer");
    if (found && !found.dataset.wait) { box.replaceWith(found); document.title = now.title; }
    setTimeout(look, 2000);
  };
  addEventListener("DOMContentLoaded", () => setTimeout(look, 1000));
})();

// The session ends when nothing is done for half an hour. Two minutes before, a dialog offers to stay.
(() => {
  "use strict";
  const warnAt = 120, keepEvery = 5 * 60 * 1000;
  const root = document.documentElement;
  let timer, box, ends = 0, acted = 0, kept = Date.now();

  const call = async (path) => {
    const reply = await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error" });
    return reply.status === 401 ? -1 : reply.ok ? (await reply.json()).seconds : NaN;
  };
  const plan = (seconds) => { clearTimeout(timer); timer = setTimeout(ask, Math.max(seconds, 5) * 1000); };

  async function ask() {
    const left = await call("/session").catch(() => NaN);
    if (Number.isNaN(left)) return plan(60); // without a network nothing is known
    if (left < 0) return leave();
    ends = Date.now() + left * 1000;
    if (left > warnAt) { close(); return plan(left - warnAt); }
    warn();
    plan(left < 10 ? left + 1 : 10); // another tab may go on
  }

  async function stay() {
    kept = Date.now();
    close();
    const left = await call("/session/stay").catch(() => NaN);
    if (left < 0) return leave();
    plan(left > warnAt ? left - warnAt : 60);
  }

  function leave() {
    const go = () => location.assign("/login?" + new URLSearchParams({ next: location.pathname + location.search, why: "expired" }));
    const ended = window.bompassEnded;
    if (ended) ended(); else go();
  }

  const part = (name, text, click) => {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = { h2: "ds-heading", p: "ds-paragraph", button: "ds-button" }[name];
    if (click) { element.type = "button"; element.addEventListener("click", click); }
    return element;
  };
  function warn() {
    if (box) return;
    const at = new Date(ends).toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit" });
    box = document.createElement("dialog");
    box.className = "ds-dialog";
    box.id = "idle";
    box.setAttribute("role", "alertdialog");
    const title = part("h2", root.dataset.idleTitle);
    title.id = "idle-title";
    box.setAttribute("aria-labelledby", title.id);
    box.append(title, part("p", root.dataset.idleText.replace("{time}", at)), part("button", root.dataset.idleStay, stay));
    box.addEventListener("cancel", stay);
    document.body.append(box);
    box.showModal();
  }
  function close() {
    if (!box) return;
    box.close();
    box.remove();
    box = undefined;
  }

  // Whoever types or reads a long page is not away, though nothing is sent.
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => {
    acted = Date.now();
    if (!box && timer && acted - kept > keepEvery) stay();
  }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (timer && !document.hidden) ask(); });

  const watch = () => { if (!timer) { kept = Date.now(); plan(60); } };
  window.bompassIdle = { watch };
  if (root.dataset.owner) watch();
})();
