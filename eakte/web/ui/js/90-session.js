/* The session ends: two minutes before, say so and offer to stay; what is typed stays where it is. */
(() => {
  const page = document.body.dataset;
  const idle = Number(page.sessionIdle) * 1000, end = Date.now() + Number(page.sessionLeft) * 1000;
  if (!(idle > 0) || !(Number(page.sessionLeft) > 0)) return;
  const BEFORE = 120_000, LONGEST = 2 ** 31 - 1;
  let seen = Date.now(), timer;

  const ends = () => Math.min(seen + idle, end);
  const place = () => document.getElementById("ea-toasts");
  const warn = () => {
    const message = document.getElementById("ea-session-ends").content.firstElementChild.cloneNode(true);
    if (end <= seen + idle) message.querySelector("[data-stay]").remove();
    place().replaceChildren(message);
  };
  const watch = () => {
    clearTimeout(timer);
    const left = ends() - BEFORE - Date.now();
    timer = left > LONGEST ? setTimeout(watch, LONGEST) : setTimeout(warn, Math.max(left, 0));
  };
  const here = () => { seen = Date.now(); watch(); };

  document.addEventListener("htmx:after:request", (event) => {
    if (!event.detail.ctx?.sourceElement?.getAttribute?.("hx-trigger")?.includes("every")) here();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-stay]");
    if (!button) return;
    const answer = await fetch(button.dataset.stay, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    button.closest(".ea-toast").remove();
    here();
  });
  watch();
})();
