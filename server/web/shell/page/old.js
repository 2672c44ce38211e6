// Says in a browser without modules that it is too old for the program. It is written for such browsers.
(function () {
  var root = document.documentElement, box = document.createElement("div"), help = document.createElement("a");
  box.id = "alarm";
  box.className = "alarm";
  box.setAttribute("role", "alert");
  box.appendChild(document.createTextNode(root.getAttribute("data-old") || ""));
  help.href = "/help";
  help.appendChild(document.createTextNode(root.getAttribute("data-help") || ""));
  box.appendChild(help);
  document.body.appendChild(box);
})();
