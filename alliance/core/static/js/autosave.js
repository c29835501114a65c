// A form with data-autosave="address" sends itself there shortly after the last change and says when it was saved.
// The words come from the page: data-saving, data-saved ("Saved at {time}"), data-failed on the element [data-autosave-state].
const PAUSE = 1500;
const RETRY = 15000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const state = document.querySelector("[data-autosave-state]");
  const tell = (name, time = "") => {
    if (!state) return;
    state.dataset.state = name;
    state.textContent = (state.dataset[name] || "").replace("{time}", time);
  };
  let timer;
  let running = false;
  let again = false;
  const save = async () => {
    if (running) { again = true; return; }
    running = true;
    tell("saving");
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: data, credentials: "same-origin", redirect: "error", headers: { "HX-Request": "true" },
      });
      if (!answer.ok) throw new Error(answer.status);
      tell("saved", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    } catch {
      tell("failed");
      timer = setTimeout(save, RETRY);
    }
    running = false;
    if (again) { again = false; save(); }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); };
  form.addEventListener("input", soon);
  form.addEventListener("htmx:afterSwap", soon); // a part of the form was changed by a button of its own
  form.addEventListener("submit", () => clearTimeout(timer));
}
