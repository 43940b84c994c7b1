/* Combobox over a list the server filters: arrows choose, Enter takes, Escape closes. */
(() => {
  const box = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => [...box(input).querySelectorAll("[role=option]")];
  const chosen = (input) => options(input).find((one) => one.getAttribute("aria-selected") === "true");

  const mark = (input, option) => {
    options(input).forEach((one) => one.setAttribute("aria-selected", one === option));
    if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
  };
  const open = (input, on) => {
    box(input).hidden = !on;
    input.setAttribute("aria-expanded", on);
    if (!on) mark(input, null);
  };
  const take = (input, option) => {
    open(input, false);
    option.querySelector("a")?.click();
  };

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (!input) return;
    const all = options(input), at = all.indexOf(chosen(input));
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      open(input, true);
      mark(input, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && !event.ctrlKey && input.matches("[data-free]") && (box(input).hidden || !chosen(input))) {
      input.dataset.done = input.value; // what was typed is meant: the form is sent, and no list opens for it
      open(input, false);
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (!box(input).hidden && (chosen(input) || all[0])) take(input, chosen(input) || all[0]);
    } else if (event.key === "Escape" && !box(input).hidden) {
      event.stopPropagation();
      open(input, false);
    }
  }, true);
  document.addEventListener("htmx:after:swap", (event) => {
    const list = event.target.closest?.("[role=listbox]") || document.querySelector("[role=listbox]:has([role=option])");
    const input = list && document.querySelector(`[aria-controls="${list.id}"]`);
    if (input && document.activeElement === input) open(input, options(input).length > 0 && input.dataset.done !== input.value);
  });
  document.addEventListener("focusout", (event) => {
    const input = event.target.closest?.("[role=combobox]");
    if (input) setTimeout(() => { if (!box(input)?.contains(document.activeElement)) open(input, false); }, 150);
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-reveals]");
    if (!opener) return;
    const part = document.getElementById(opener.dataset.reveals);
    part.hidden = false;
    part.querySelector("input")?.focus();
    event.preventDefault();
  });
})();
