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

  // A button pressed twice sends once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
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
  for (const form of all("form[data-autosave]")) {
    const note = one("[data-saved]", form);
    let timer, running = Promise.resolve(), unsaved = false;
    const save = async () => {
      const body = new FormData(form);
      body.delete("files");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
        const said = await answer.json();
        if (said.revision) form.elements.revision.value = said.revision;
        if (answer.ok) unsaved = false;
        if (note) { note.textContent = said.message; note.classList.toggle("error", !answer.ok); }
      } catch {
        if (note) { note.textContent = note.dataset.offline; note.classList.add("error"); }
        clearTimeout(timer); timer = setTimeout(queue, 10000);
      }
    };
    const queue = () => { running = running.then(save); };
    form.addEventListener("input", () => { unsaved = true; clearTimeout(timer); timer = setTimeout(queue, 2500); });
    form.addEventListener("change", () => { unsaved = true; clearTimeout(timer); timer = setTimeout(queue, 300); });
    form.addEventListener("submit", () => { unsaved = false; clearTimeout(timer); });
    addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
    addEventListener("online", () => { if (unsaved) queue(); });
  }

  // Parts of a page that change while work goes on in the background fetch themselves again.
  for (const part of all("[data-refresh]")) {
    let wait = 1000;
    const look = async () => {
      try {
        const answer = await fetch(part.dataset.refresh);
        const html = await answer.text();
        if (!answer.ok) return;
        if (html !== part.innerHTML) part.innerHTML = html;
        if (!one("[data-waiting]", part)) { if (part.dataset.reload !== undefined) location.reload(); return; }
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
