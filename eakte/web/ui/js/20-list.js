/* Lists: J/K and arrows move, the chosen row is marked, a filed row goes. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-rows] a[data-row]")];
  const current = () => document.querySelector("[data-rows] a[data-row][aria-current=true]");

  const choose = (row) => {
    current()?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (way) => {
    const all = rows();
    const next = all[all.indexOf(current()) + way];
    if (next) { next.focus(); next.click(); }
  };

  let last = null;
  const focusNext = (at, way) => rows()[Math.max(0, at + way)]?.focus();

  const pick = (line) => {
    const box = line?.querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
  };
  const tell = () => document.querySelectorAll("[data-tells]").forEach((place) => {
    place.textContent = ` (${document.querySelectorAll(`input[name="${place.dataset.tells}"]:checked`).length})`;
  });
  document.addEventListener("DOMContentLoaded", tell);

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] a[data-row]");
    if (row && !event.ctrlKey && !event.metaKey) choose(row);
    const button = event.target.closest("[data-step]");
    if (button) step(Number(button.dataset.step));
    const mover = event.target.closest("[data-step-row]");
    const picker = event.target.closest("[data-picks-row]");
    if (picker) pick(document.activeElement.closest?.("tr") ?? last?.closest("tr"));
    if (mover) focusNext(rows().indexOf(document.activeElement.closest?.("[data-row]") ?? last), Number(mover.dataset.stepRow));
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-rows] a[data-row]");
    if (!row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const all = rows();
    all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  });
  document.addEventListener("focusin", (event) => { last = event.target.closest?.("a[data-row]") ?? last; });

  document.addEventListener("ea:filed", (event) => {
    const row = document.getElementById(`row-${event.detail.item}`);
    const day = row?.closest("[data-day]");
    row?.remove();
    if (day && !day.querySelector("a[data-row]")) day.remove();
  });
  document.addEventListener("htmx:after:swap", () => {
    const work = document.querySelector("#ea-work [data-item]");
    const row = work && document.querySelector(`#row-${CSS.escape(work.dataset.item)} a[data-row]`);
    if (row && row !== current()) choose(row);
    if (row && document.activeElement === document.body) row.focus({ preventScroll: true });
  });

  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-all]");
    if (all) document.querySelectorAll(`input[name="${all.dataset.all}"]:not(:disabled)`).forEach((box) => { box.checked = all.checked; });
    tell();
    if (event.target.closest("[data-submits]")) event.target.form.requestSubmit();
  });
})();
