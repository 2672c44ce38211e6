// What the browser must do beside the program, which would otherwise take every click for its own:
// links that are not pages of the program, links with a modifier held, jumps inside a page, and a word
// when the program has stopped.
(function () {
  "use strict";

  const served = /^\/(login|logout|welcome|agreements\/(?:find|link)|terms|parties|help|security|prove|export|invitation|password|dev|api|web|healthz)(\/|$)/;

  const scheme = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (scheme) document.documentElement.dataset.colorScheme = scheme[1];

  // What the program will ask first, asked while it is on its way.
  const asked = {};
  const tariffs = ["/api/v1/tariffs"];
  const me = document.documentElement.dataset.visitor === "nobody" ? [] : ["/api/v1/me"];
  const first = { "/": ["/api/v1/overview"], "/passages": ["/api/v1/overview"], "/prices": tariffs, "/check": tariffs }[window.location.pathname];
  for (const path of first ? me.concat(first) : []) {
    asked[path] = { at: performance.now(), answer: fetch(path, { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", cache: "no-cache" }) };
    asked[path].answer.catch(function () {});
  }
  window.bompassEarly = function (path) {
    const found = asked[path];
    delete asked[path];
    return found && performance.now() - found.at < 30000 ? found.answer : undefined;
  };

  document.addEventListener("click", function (event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link) return;
    const here = window.location;
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    const elsewhere = !/^https?:$/.test(link.protocol) || link.origin !== here.origin;
    if (modified || elsewhere || served.test(link.pathname) || link.hasAttribute("target") || link.hasAttribute("download")) {
      event.stopPropagation();
      return;
    }
    if (link.hash && link.pathname === here.pathname && link.search === here.search) {
      event.stopPropagation();
      event.preventDefault();
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target) return;
      if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.scrollIntoView();
      target.focus();
    }
  });

  function alarm() {
    if (document.getElementById("alarm")) return;
    const words = document.documentElement.dataset;
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.id = "alarm";
    box.className = "alarm";
    box.setAttribute("role", "alert");
    box.textContent = words.alarm || "The page has stopped responding.";
    button.type = "button";
    button.className = "ds-button";
    button.textContent = words.reload || "Reload";
    button.addEventListener("click", function () { window.location.reload(); });
    box.appendChild(button);
    document.body.appendChild(box);
  }

  // A page that the browser kept whole may be that of somebody who has left.
  let leaving = false;
  window.addEventListener("pagehide", function () { leaving = true; });
  window.addEventListener("pageshow", function (event) {
    leaving = false;
    if (event.persisted) window.location.reload();
  });

  if (navigator.serviceWorker) {
    navigator.serviceWorker.ready.then(function (registration) { window.bompassWorker = registration; });
  }

  // The library's loader stops turning when the program cannot come.
  const loader = document.getElementById("app-wasm-loader-icon");
  if (loader) {
    new MutationObserver(function () {
      if (!loader.classList.contains("goapp-spin")) alarm();
    }).observe(loader, { attributes: true });
  }

  // The program starts once the page that the server has sent is on the screen: it keeps the browser busy.
  function painted() {
    if (document.visibilityState === "hidden") return Promise.resolve(); // nothing is painted there
    return new Promise(function (done) {
      requestAnimationFrame(function () { setTimeout(done); });
      setTimeout(done, 1000);
    });
  }

  if (window.Go) {
    const run = window.Go.prototype.run;
    window.Go.prototype.run = async function (instance) {
      await painted();
      const ended = run.call(this, instance);
      const tell = function () { if (!leaving) alarm(); };
      ended.then(tell, tell);
      return ended;
    };
  }
})();
