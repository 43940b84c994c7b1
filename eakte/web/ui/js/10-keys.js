/* The keyboard map is declared in the markup: data-key, data-key-label. This file only reads it. */
(() => {
  const NAMES = { ctrl: "Strg", shift: "Umschalt", enter: "↵", pagedown: "Bild ↓", pageup: "Bild ↑", escape: "Esc", " ": "Leertaste" };
  const STORE = "ea-single-keys";
  let before = "", beforeAt = 0;

  const singles = () => localStorage.getItem(STORE) !== "off";
  const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit], [type=button])");
  const scope = () => document.querySelector("dialog[open]") || document;

  const pressed = (event) => {
    const key = event.key.toLowerCase();
    const shift = event.shiftKey && (key.length > 1 || key !== event.key) ? "shift+" : "";
    return (event.ctrlKey ? "ctrl+" : "") + shift + key;
  };

  const find = (key) => [...scope().querySelectorAll("[data-key]")].find((one) =>
    one.dataset.key === key && !one.disabled && (one.checkVisibility?.() ?? true));

  const act = (element) => {
    if (typing(element)) { element.focus(); element.select?.(); } else if (element.matches("[type=radio]")) { element.focus(); element.click(); } else element.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const key = pressed(event);
    const plain = key.replace("shift+", "").length === 1 && !event.ctrlKey;
    const field = typing(event.target);
    if (key === "escape" && field) { event.target.blur(); return; }
    if (plain && (field || !singles())) return;
    const follows = before && event.timeStamp - beforeAt < 1500 ? find(`${before} ${key}`) : null;
    before = plain && document.querySelector(`[data-key^="${CSS.escape(key)} "]`) ? key : "";
    beforeAt = event.timeStamp;
    const target = follows || find(key);
    if (!target) return;
    event.preventDefault();
    before = "";
    act(target);
  });

  const shown = (key) => key.split(" ").map((part) => part.split("+").map((name) => NAMES[name] || name.toUpperCase()).join(" + ")).join(" dann ");

  const list = (dialog) => {
    const entries = [...document.querySelectorAll("[data-key][data-key-label]")].filter((one) => one.checkVisibility?.() ?? true);
    dialog.querySelector("dl").replaceChildren(...entries.map((one) => {
      const row = document.createElement("div"), name = document.createElement("dt"), value = document.createElement("dd"), key = document.createElement("kbd");
      name.textContent = one.dataset.keyLabel;
      key.textContent = shown(one.dataset.key);
      value.append(key);
      row.append(name, value);
      return row;
    }));
    dialog.querySelector("input").checked = singles();
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog.id === "ea-keys") list(dialog);
      dialog.showModal();
      event.preventDefault();
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "ea-single-keys") localStorage.setItem(STORE, event.target.checked ? "on" : "off");
  });
})();
