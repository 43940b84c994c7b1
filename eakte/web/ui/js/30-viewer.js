/* Page images: pages, zoom, evidence, hits. Positions come from the server; only scrolling happens here. */
(() => {
  const viewer = (element) => element.closest("[data-viewer]") || document.querySelector("[data-viewer]");
  const pages = (view) => [...view.querySelectorAll("[data-page]")];
  let zoom = Number(sessionStorage.getItem("ea-zoom")) || 1;

  const now = (view) => {
    const box = view.querySelector("[data-scroll]").getBoundingClientRect();
    return pages(view).findLast((page) => page.getBoundingClientRect().top < box.top + box.height / 2) || pages(view)[0];
  };
  const mark = (view) => {
    const page = now(view);
    if (!page) return;
    view.querySelectorAll("[data-page-now]").forEach((place) => { place.textContent = page.dataset.page; });
    view.querySelectorAll("[data-goto-page]").forEach((link) => link.toggleAttribute("aria-current", false));
    view.querySelector(`[data-goto-page="${page.dataset.page}"]`)?.setAttribute("aria-current", "true");
  };
  const show = (page) => page?.scrollIntoView({ block: "start" });
  const apply = (view) => {
    view.style.setProperty("--ea-zoom", zoom);
    sessionStorage.setItem("ea-zoom", zoom);
  };
  const flash = (proof) => {
    proof.scrollIntoView({ block: "center" });
    proof.setAttribute("data-flash", "");
    setTimeout(() => proof.removeAttribute("data-flash"), 900);
  };
  const hit = (view, way) => {
    const all = [...view.querySelectorAll(".ea-found")];
    const counters = document.querySelectorAll("[data-hit-now]");
    const last = all.findIndex((one) => "now" in one.dataset);
    const next = all[(last + way + all.length) % all.length];
    if (!next) return;
    all[last]?.removeAttribute("data-now");
    next.setAttribute("data-now", "");
    next.scrollIntoView({ block: "center" });
    counters.forEach((place) => { place.textContent = all.indexOf(next) + 1; });
  };

  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-page-step], [data-zoom], [data-toggle], [data-show-proof], [data-goto-page], [data-hit-step]");
    if (!tool) return;
    const view = viewer(tool), data = tool.dataset;
    if (!view) return;
    if (data.pageStep) show(pages(view)[pages(view).indexOf(now(view)) + Number(data.pageStep)]);
    if (data.gotoPage) { event.preventDefault(); show(view.querySelector(`[data-page="${data.gotoPage}"]`)); }
    if (data.zoom) { zoom = data.zoom === "fit" ? 1 : Math.min(4, Math.max(0.4, zoom * Number(data.zoom))); apply(view); }
    if (data.hitStep) hit(view, Number(data.hitStep));
    if (data.showProof) { const proof = view.querySelector(`.ea-proof[data-number="${data.showProof}"]`); if (proof) flash(proof); }
    if (data.toggle) {
      const on = tool.getAttribute("aria-pressed") !== "true";
      tool.setAttribute("aria-pressed", on);
      if (data.toggle === "proof") view.dataset.proof = on ? "on" : "off";
      else document.getElementById(data.toggle)?.toggleAttribute("hidden", !on);
    }
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.matches?.("[data-scroll]")) mark(viewer(event.target));
  }, true);
  /* The word layer makes the image's text selectable; it comes when its page is in sight. */
  const words = async (svg) => {
    const answer = await fetch(svg.dataset.words);
    if (!answer.ok) return;
    svg.append(...(await answer.json()).map(([text, left, top, width, height]) => {
      const word = document.createElementNS("http://www.w3.org/2000/svg", "text");
      const set = { class: "ea-word", x: left, y: top + Math.round(height * 0.8), "font-size": height, textLength: width, lengthAdjust: "spacingAndGlyphs" };
      for (const name in set) word.setAttribute(name, set[name]);
      word.textContent = `${text} `;
      return word;
    }));
  };
  const watch = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach((one) => {
    watch.unobserve(one.target);
    words(one.target).catch(() => {});
  }));
  const start = () => {
    document.querySelectorAll("[data-viewer]").forEach((view) => { if (zoom !== 1) apply(view); });
    document.querySelectorAll("[data-viewer]").forEach((view) => { if (view.querySelector(".ea-found") && !view.querySelector("[data-now]")) hit(view, 1); });
    document.querySelectorAll("svg[data-words]:not([data-watched])").forEach((svg) => { svg.dataset.watched = ""; watch.observe(svg); });
  };
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:after:swap", start);
})();
