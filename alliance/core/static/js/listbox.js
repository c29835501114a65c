// Suggestions under a search box: htmx fills the list, this lets the arrow keys walk it.
for (const input of document.querySelectorAll("input[data-suggestions]")) {
  const list = document.getElementById(input.dataset.suggestions);
  if (!list) continue;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
  const select = (index) => {
    options().forEach((option, position) => option.setAttribute("aria-selected", String(position === index)));
    const chosen = options()[index];
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  const refresh = () => {
    options().forEach((option, position) => { option.id = `${list.id}-${position}`; option.tabIndex = -1; });
    input.setAttribute("aria-expanded", String(options().length > 0));
    select(-1);
  };
  const clear = () => { list.replaceChildren(); refresh(); };
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("autocomplete", "off");
  refresh();
  list.addEventListener("htmx:afterSwap", refresh);
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape") { clear(); return; }
    if (!count) return;
    if (event.key === "ArrowDown") { event.preventDefault(); select((current() + 1) % count); }
    if (event.key === "ArrowUp") { event.preventDefault(); select((current() - 1 + count) % count); }
    if (event.key === "Enter" && current() >= 0) { event.preventDefault(); options()[current()].click(); }
  });
  document.addEventListener("click", (event) => {
    if (event.target !== input && !list.contains(event.target)) clear();
  });
}
