// Copies, prints and downloads recovery codes. Without it they are read off the page.
(() => {
  const place = document.querySelector("[data-codes]");
  const list = place && document.getElementById(place.dataset.codes);
  if (!list) return;
  const codes = () => Array.from(list.querySelectorAll("code"), (c) => c.textContent).join("\n") + "\n";
  const button = (what) => place.querySelector("[data-do=" + what + "]");
  place.hidden = false;
  button("print").addEventListener("click", () => print());
  button("copy").hidden = !navigator.clipboard;
  button("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(codes());
    place.querySelector("[role=status]").textContent = button("copy").textContent = button("copy").dataset.done;
  });
  button("download").addEventListener("click", (event) => {
    event.currentTarget.href = URL.createObjectURL(new Blob([codes()], { type: "text/plain" }));
  });
})();
