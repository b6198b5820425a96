/* Improvements only: every page works without this file. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // The error summary is read first; its links put the cursor into the field.
  one("[data-focus]")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.error-summary a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    (target.closest(".field") || target).scrollIntoView();
    target.focus({ preventScroll: true });
  });

  // Search as you type: the server draws the list, the box only fetches it.
  for (const box of all("[data-suggest]")) {
    const list = document.getElementById(box.getAttribute("aria-controls"));
    let timer, asked = "", controller;
    const close = () => { list.hidden = true; box.setAttribute("aria-expanded", "false"); };
    const ask = async () => {
      const words = box.value.trim();
      if (words === asked) return;
      asked = words;
      controller?.abort();
      if (!words) return close();
      controller = new AbortController();
      try {
        const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: controller.signal });
        if (!answer.ok) return close();
        list.innerHTML = await answer.text();
        const found = one("a", list) !== null;
        list.hidden = !found;
        box.setAttribute("aria-expanded", String(found));
      } catch { /* a newer question overtook this one, or the line dropped: the form still works */ }
    };
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
    box.addEventListener("keydown", (event) => {
      const links = all("a", list);
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown" && !list.hidden && links.length) { event.preventDefault(); links[0].focus(); }
    });
    list.addEventListener("keydown", (event) => {
      const links = all("a", list), at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { close(); box.focus(); }
      else if (event.key === "ArrowDown" && at < links.length - 1) { event.preventDefault(); links[at + 1].focus(); }
      else if (event.key === "ArrowUp") { event.preventDefault(); (at > 0 ? links[at - 1] : box).focus(); }
    });
    document.addEventListener("focusin", (event) => { if (event.target !== box && !list.contains(event.target)) close(); });
    document.addEventListener("click", (event) => { if (event.target !== box && !list.contains(event.target)) close(); });
  }

  // Drafts are kept after every field; the form's revision follows, so that saving by hand works too.
  const drafts = [];
  for (const form of all("form[data-autosave]")) {
    const note = one("[data-saved]", form);
    const draft = { form, unsaved: false, running: null };
    let timer, since = 0;
    const save = async () => {
      const body = new FormData(form);
      // A place that is still being typed is not a place yet.
      if (document.activeElement?.name === "add_place") body.delete("add_place");
      draft.unsaved = false; since = 0;
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
        const said = await answer.json();
        if (said.revision) form.elements.revision.value = said.revision;
        if (said.opened) form.elements.opened.value = said.opened;
        if (said.places !== undefined) { one("[data-places]", form).innerHTML = said.places; form.elements.add_place.value = ""; }
        if (note) { note.textContent = said.message; note.classList.toggle("error", !answer.ok); }
      } catch {
        draft.unsaved = true;
        if (note) { note.textContent = note.dataset.offline; note.classList.add("error"); }
        plan(10000);
      }
    };
    // One at a time: the answer carries the revision that the next one needs.
    draft.flush = () => (draft.running ??= save().finally(() => { draft.running = null; }));
    // Somebody who writes without a pause is saved every ten seconds all the same.
    const plan = (wait) => {
      since ||= Date.now();
      clearTimeout(timer);
      timer = setTimeout(async () => { await draft.running; if (draft.unsaved) draft.flush(); }, Math.max(0, Math.min(wait, since + 10000 - Date.now())));
    };
    const touched = (wait) => (event) => { if (event.target.form === form) { draft.unsaved = true; plan(wait); } };
    document.addEventListener("input", touched(2500));
    document.addEventListener("change", touched(300));
    addEventListener("beforeunload", (event) => { if (draft.unsaved) event.preventDefault(); });
    addEventListener("online", () => { if (draft.unsaved) draft.flush(); });
    drafts.push(draft);
  }

  // Whatever form is sent from a page with a draft, the draft is kept first, and its own answer waited for.
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    const waiting = drafts.filter((draft) => draft.running || (draft.unsaved && draft.form !== form));
    if (!waiting.length || form.method !== "post") {
      for (const draft of drafts) if (draft.form === form) draft.unsaved = false;
      return;
    }
    event.preventDefault();
    Promise.all(waiting.map(async (draft) => { await draft.running; if (draft.unsaved && draft.form !== form) await draft.flush(); }))
      .then(() => form.requestSubmit(button));
  });

  // A button pressed twice sends once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  // Parts of a page that change while work goes on in the background fetch themselves again.
  for (const part of all("[data-refresh]")) {
    let wait = 1000;
    const finished = () => {
      const isBusy = drafts.some((draft) => draft.unsaved || draft.running || draft.form.contains(document.activeElement));
      // Nothing is taken from under the hands of somebody who writes.
      if (isBusy) one("[data-ready]").hidden = false;
      else location.reload();
    };
    const look = async () => {
      try {
        const answer = await fetch(part.dataset.refresh);
        const html = await answer.text();
        if (!answer.ok) return;
        if (html !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = html;
        if (!html.includes("data-waiting")) { if (part.dataset.reload !== undefined) finished(); return; }
      } catch { /* the line dropped: look again later */ }
      wait = Math.min(wait * 1.5, 10000);
      setTimeout(look, wait);
    };
    if (one("[data-waiting]", part)) setTimeout(look, wait);
  }

  // Files dropped anywhere on the picker's field.
  for (const input of all('input[type="file"][multiple]')) {
    const field = input.closest(".field");
    field.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("dropping"); });
    field.addEventListener("dragleave", () => field.classList.remove("dropping"));
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      field.classList.remove("dropping");
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; input.dispatchEvent(new Event("change", { bubbles: true })); }
    });
  }
})();
