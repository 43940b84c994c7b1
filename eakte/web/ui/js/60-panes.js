/* Splitters between panes: drag, or arrow keys in steps of 16 px. Widths stay in this browser. */
(() => {
  const set = (split, width) => {
    const low = Number(split.getAttribute("aria-valuemin")), high = Number(split.getAttribute("aria-valuemax"));
    const value = Math.round(Math.min(high, Math.max(low, width)));
    document.documentElement.style.setProperty(split.dataset.split, `${value}px`);
    split.setAttribute("aria-valuenow", value);
    localStorage.setItem(split.dataset.split, value);
  };
  const value = (split) => Number(split.getAttribute("aria-valuenow"));
  const way = (split) => (split.dataset.side === "right" ? -1 : 1);

  document.addEventListener("keydown", (event) => {
    const split = event.target.closest?.("[data-split]");
    if (!split || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    set(split, value(split) + (event.key === "ArrowRight" ? 16 : -16) * way(split));
  });
  document.addEventListener("pointerdown", (event) => {
    const split = event.target.closest?.("[data-split]");
    if (!split) return;
    const from = event.clientX, start = value(split);
    const move = (moved) => set(split, start + (moved.clientX - from) * way(split));
    split.setPointerCapture(event.pointerId);
    split.addEventListener("pointermove", move);
    split.addEventListener("lostpointercapture", () => split.removeEventListener("pointermove", move), { once: true });
  });
  const start = () => document.querySelectorAll("[data-split]").forEach((split) => {
    const kept = Number(localStorage.getItem(split.dataset.split));
    if (kept) set(split, kept);
  });
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:after:swap", start);
})();
