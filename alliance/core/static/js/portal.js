// Small improvements for every page: the menu, the filters, copying a link. Nothing needs them.
document.documentElement.classList.add("scripts");

// A link to #menu or #filters opens that list by :target alone; with scripts it is a button that opens and shuts.
for (const opener of document.querySelectorAll("[data-opens]")) {
  const panel = document.getElementById(opener.dataset.opens);
  if (!panel) continue;
  const set = (open) => {
    panel.toggleAttribute("data-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-controls", panel.id);
  set(location.hash === `#${panel.id}`);
  const toggle = (event) => {
    event.preventDefault();
    if (location.hash === `#${panel.id}`) history.replaceState(null, "", location.pathname + location.search);
    set(!panel.hasAttribute("data-open"));
  };
  opener.addEventListener("click", toggle);
  opener.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  const shut = (event) => {
    if (event.key !== "Escape" || !panel.hasAttribute("data-open")) return;
    set(false);
    opener.focus();
  };
  opener.addEventListener("keydown", shut);
  panel.addEventListener("keydown", shut);
}

// The summary of errors takes the focus (autofocus does it on a fresh page; this also after a swap by htmx).
const focusSummary = (root) => root.querySelector("[data-error-summary]")?.focus();
focusSummary(document);
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

// Printing needs a script; without one the browser's own menu does it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A link beside its copy button: the button appears only where it can work.
for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("button");
  const input = box.querySelector("input");
  const told = box.querySelector("[role=status]");
  if (!button || !input || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(input.value);
      told.textContent = box.dataset.copied;
    } catch {
      input.select();
    }
  });
}
