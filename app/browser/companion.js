// Runs beside the program. go-app handles every click on a link, so this script leaves some of them to
// the browser: links that are not pages of the program, links with a modifier key, and jumps inside a page.
// It also fetches the program's first answers early and says when the program has stopped.
(function () {
  "use strict";

  // The pages that the server renders; see package site.
  const rendered = /^\/(login|logout|welcome|agreements\/(?:find|link|address)|terms|parties|help|security|prove|export|invitation|privacy|accessibility|cookies|message|cases|password|dev|api|web|healthz|vehicles\/import|passages\/dispute|tags\/orders|invoices\/(?:pay|paid))(\/|$)/;

  // A browser that forbids storage throws on access. The program then keeps in memory what it would store.
  for (const name of ["localStorage", "sessionStorage"]) {
    try { window[name].length; } catch (forbidden) {
      Object.defineProperty(window, name, { value: Object.create({
        getItem: function (key) { return Object.keys(this).includes(key) ? this[key] : null; },
        setItem: function (key, value) { this[key] = String(value); },
        removeItem: function (key) { delete this[key]; },
        clear: function () { for (const key of Object.keys(this)) delete this[key]; },
        key: function (i) { return Object.keys(this)[i]; },
        get length() { return Object.keys(this).length; },
      }) });
    }
  }

  const scheme = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (scheme) document.documentElement.dataset.colorScheme = scheme[1];

  // The first requests of the program, sent while the program itself is being loaded, unless the page came with
  // their answers. Each answer is used once, within 30 seconds.
  const early = {};
  const tariffs = ["/api/v1/tariffs"];
  const me = document.documentElement.dataset.visitor === "nobody" ? [] : ["/api/v1/me"];
  const calls = { "/": ["/api/v1/overview"], "/passages": ["/api/v1/overview"], "/prices": tariffs, "/check": tariffs }[window.location.pathname];
  for (const path of calls ? me.concat(calls) : []) {
    if (document.querySelector('script[data-answer="' + path + '"]')) continue;
    early[path] = { at: performance.now(), answer: fetch(path, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", cache: "no-cache" }) };
    early[path].answer.catch(function () {});
  }
  window.bompassEarly = function (path) {
    const found = early[path];
    delete early[path];
    return found && performance.now() - found.at < 30000 ? found.answer : undefined;
  };

  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link) return;
    const current = window.location;
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    const external = !/^https?:$/.test(link.protocol) || link.origin !== current.origin;
    if (modified || external || rendered.test(link.pathname) || link.hasAttribute("target") || link.hasAttribute("download")) {
      event.stopPropagation();
      return;
    }
    if (link.hash && link.pathname === current.pathname && link.search === current.search) {
      event.stopPropagation();
      event.preventDefault();
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.scrollIntoView();
      target.focus();
    }
  });

  // Until the program runs, the page on the screen is the server's. What a person does with it meanwhile is done again
  // when the program has taken over: what was typed, where the focus was, and the last button that was pressed.
  function keepForProgram(painted) {
    const controls = "a, button, input, select, textarea";
    const place = function (target) {
      const control = target.closest(controls);
      return control ? Array.prototype.indexOf.call(painted.querySelectorAll(controls), control) : -1;
    };
    let focused = -1, pressed = -1;
    const changed = new Set();
    for (const kind of ["input", "change"]) painted.addEventListener(kind, function (event) { changed.add(event.target); });
    painted.addEventListener("focusin", function (event) { focused = place(event.target); });
    painted.addEventListener("click", function (event) {
      if (event.target.closest("button")) pressed = place(event.target);
    });
    painted.addEventListener("submit", function (event) { event.preventDefault(); });
    new MutationObserver(function (changes, observer) {
      if (painted.isConnected) return;
      observer.disconnect();
      const before = painted.querySelectorAll(controls);
      const now = document.querySelectorAll(controls.replace(/[a-z]+/g, "body > .bp-app $&"));
      const same = function (i) {
        return before[i] && now[i] && before[i].tagName === now[i].tagName && before[i].id === now[i].id ? now[i] : undefined;
      };
      before.forEach(function (field, i) {
        if (!changed.has(field) || !same(i)) return;
        if (field.checked !== now[i].checked) now[i].click();
        if (field.value === now[i].value) return;
        now[i].value = field.value;
        now[i].dispatchEvent(new Event("input", { bubbles: true }));
        now[i].dispatchEvent(new Event("change", { bubbles: true }));
      });
      if (same(focused)) now[focused].focus();
      if (same(pressed)) now[pressed].click();
    }).observe(document.body, { childList: true });
  }
  const first = document.querySelector("body > .bp-app");
  if (first && document.querySelector("script[data-answer]")) keepForProgram(first);

  // A browser that translates the page puts elements in the place of texts. The program would then write into texts that
  // nobody sees, and could not remove them. So a text is put back before the program changes it; the browser then
  // translates it again.
  const translated = new WeakMap(); // from a text to the element in its place
  new MutationObserver(function (changes) {
    for (const change of changes) {
      for (const text of change.removedNodes) {
        const near = [change.previousSibling, change.nextSibling].concat(Array.from(change.addedNodes));
        const shown = text.nodeType === Node.TEXT_NODE && near.find(function (node) { return node && node.nodeName === "FONT"; });
        if (shown && !text.isConnected) translated.set(text, shown);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
  function putBack(text) {
    if (text.nodeType !== Node.TEXT_NODE) return;
    let shown = translated.get(text);
    if (!shown && text.parentNode && text.parentNode.nodeName === "FONT") shown = text.parentNode; // wrapped, not replaced
    while (shown && shown.parentNode && shown.parentNode.nodeName === "FONT") shown = shown.parentNode;
    translated.delete(text);
    if (shown && shown.parentNode) {
      if (shown.contains(text)) remove.call(text.parentNode, text);
      replace.call(shown.parentNode, text, shown);
    }
  }
  const replace = Node.prototype.replaceChild;
  const remove = Node.prototype.removeChild;
  const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  Node.prototype.replaceChild = function (now, before) { putBack(before); return replace.call(this, now, before); };
  Node.prototype.removeChild = function (child) { putBack(child); return remove.call(this, child); };
  Object.defineProperty(Node.prototype, "nodeValue", {
    configurable: true, enumerable: true, get: value.get,
    set: function (text) { putBack(this); value.set.call(this, text); },
  });

  // Says that the program has stopped, or why it cannot start, and offers to load the page again and to get help.
  function showCrash(cause) {
    if (document.getElementById("alarm")) return;
    const texts = document.documentElement.dataset;
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.id = "alarm";
    box.className = "alarm";
    box.setAttribute("role", "alert");
    box.textContent = texts[cause] || texts.alarm || "The page has stopped responding.";
    button.type = "button";
    button.className = "ds-button";
    button.textContent = texts.reload || "Reload";
    button.addEventListener("click", function () { window.location.reload(); });
    box.appendChild(button);
    if (cause && texts.help) {
      const help = document.createElement("a");
      help.href = "/help";
      help.textContent = texts.help;
      box.appendChild(help);
    }
    document.body.appendChild(box);
  }

  // The browser may restore a page from memory after its person has signed out: load it again.
  let leaving = false;
  window.addEventListener("pagehide", function () { leaving = true; });
  window.addEventListener("pageshow", function (event) {
    leaving = false;
    if (event.persisted) window.location.reload();
  });

  if (navigator.serviceWorker) {
    navigator.serviceWorker.ready.then(function (registration) { window.bompassWorker = registration; });
  }

  // Why the program cannot start. go-app stops its loader's animation when the program cannot be loaded, and writes the error
  // beside it. Scripts are blocked one by one; what each defines tells whether it has run.
  const loader = document.getElementById("app-wasm-loader-icon");
  let running = false;
  if (loader) {
    if (!window.WebAssembly) showCrash("wasm");
    const blocked = function () { return !window.Go || !window.bompassInstantiate || !window.goappInitWebAssembly; };
    window.addEventListener("load", function () { if (blocked()) showCrash("blocked"); });
    new MutationObserver(function () {
      if (loader.classList.contains("goapp-spin")) return;
      const label = document.getElementById("app-wasm-loader-label");
      showCrash(blocked() ? "blocked" : /CompileError|LinkError/.test(label && label.textContent) ? "old" : "download");
    }).observe(loader, { attributes: true });
    setTimeout(function () { if (!running && loader.isConnected) showCrash("slow"); }, 45000);
  }

  // The program starts when the server's page is on the screen: starting keeps the browser busy.
  function painted() {
    if (document.visibilityState === "hidden") return Promise.resolve(); // hidden pages are not painted
    return new Promise(function (done) {
      requestAnimationFrame(function () { setTimeout(done); });
      setTimeout(done, 1000);
    });
  }

  if (window.Go) {
    const run = window.Go.prototype.run;
    window.Go.prototype.run = async function (instance) {
      running = true;
      const alarm = document.getElementById("alarm");
      if (alarm) alarm.remove();
      await painted();
      const ended = run.call(this, instance);
      const report = function () { if (!leaving) showCrash(); };
      ended.then(report, report);
      return ended;
    };
  }
})();
