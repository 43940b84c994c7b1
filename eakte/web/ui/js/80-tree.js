/* Trees: one line takes part in Tab, arrows move, right opens or goes in, left closes or goes out (ARIA APG, tree view). */
(() => {
  const items = (tree) => [...tree.querySelectorAll("[role=treeitem]")];
  const shown = (tree) => items(tree).filter((one) => !one.parentElement.parentElement.closest("[hidden]"));
  const group = (item) => item.parentElement.querySelector(":scope > [role=group]");
  const parent = (item) => item.parentElement.parentElement.closest("li")?.querySelector(":scope > [role=treeitem]");

  const focus = (tree, item) => {
    if (!item) return;
    for (const one of items(tree)) one.tabIndex = one === item ? 0 : -1;
    item.focus();
  };
  const open = (item, wanted) => {
    item.setAttribute("aria-expanded", String(wanted));
    group(item).hidden = !wanted;
  };

  for (const tree of document.querySelectorAll("[data-tree]")) {
    const all = items(tree);
    const start = all.find((one) => one.hasAttribute("aria-current")) || all[0];
    for (const one of all) one.tabIndex = one === start ? 0 : -1;
  }

  document.addEventListener("keydown", (event) => {
    const item = event.target.closest?.("[data-tree] [role=treeitem]");
    if (!item || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const tree = item.closest("[data-tree]"), lines = shown(tree), at = lines.indexOf(item);
    const expanded = item.getAttribute("aria-expanded");
    const acts = {
      ArrowDown: () => focus(tree, lines[at + 1]),
      ArrowUp: () => focus(tree, lines[at - 1]),
      Home: () => focus(tree, lines[0]),
      End: () => focus(tree, lines.at(-1)),
      ArrowRight: () => { if (expanded === "false") open(item, true); else if (expanded) focus(tree, lines[at + 1]); },
      ArrowLeft: () => { if (expanded === "true") open(item, false); else focus(tree, parent(item)); },
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });
})();
