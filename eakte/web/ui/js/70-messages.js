/* Messages: faults of the connection keep the pane; refused fields are marked where they are. */
(() => {
  const toast = (number) => {
    const place = document.getElementById("ea-toasts");
    const message = document.getElementById("ea-fault").content.firstElementChild.cloneNode(true);
    if (number) message.querySelector("[data-number]").textContent = `(Anfrage ${number})`;
    place.replaceChildren(message);
  };
  const clear = (form) => {
    form.querySelectorAll(".ea-error[data-made]").forEach((one) => one.remove());
    form.querySelectorAll("[aria-invalid]").forEach((one) => { one.removeAttribute("aria-invalid"); one.removeAttribute("aria-describedby"); });
  };
  const mark = (form, name, text) => {
    const field = form.elements[name] || form.querySelector(`[data-stands-for="${CSS.escape(name)}"]`);
    const first = field instanceof RadioNodeList ? field[0] : field;
    if (!first) return;
    const note = document.createElement("p");
    note.className = "ea-error";
    note.dataset.made = "";
    note.id = `ea-error-${name}`;
    note.textContent = text;
    first.setAttribute("aria-invalid", "true");
    first.setAttribute("aria-describedby", note.id);
    (first.closest("fieldset, .kern-form-input") || first).append(note);
    first.focus();
  };

  document.addEventListener("htmx:response:error", (event) => {
    const { response, sourceElement, text } = event.detail.ctx;
    if (response.status >= 500) { toast(response.headers.get("X-Correlation-Id")); return; }
    const form = sourceElement.closest("form"), field = response.headers.get("X-Error-Field");
    if (!form || !field) return;
    clear(form);
    mark(form, field, new DOMParser().parseFromString(text, "text/html").querySelector("[data-text]")?.textContent || "");
  });
  document.addEventListener("htmx:error", (event) => { if (!event.detail.ctx?.response) toast(""); });
  document.addEventListener("htmx:before:request", (event) => {
    const form = event.detail.ctx.sourceElement.closest?.("form");
    if (form) clear(form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".ea-toast").remove();
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.ea-user[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
