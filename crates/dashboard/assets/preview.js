// Shows what a suppression rule would hide while its form is filled in.
"use strict";
(() => {
  const form = document.querySelector("form[data-preview]");
  const shown = document.getElementById("preview");
  if (!form || !shown) return;
  let timer;
  let running;
  const refresh = async () => {
    running?.abort();
    running = new AbortController();
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "x-lynkeus-part": "1" },
        signal: running.signal,
      });
      if (answer.status === 401) {
        location.reload();
      } else if (answer.ok) {
        shown.innerHTML = await answer.text();
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.textContent = "The server does not answer.";
    }
    shown.removeAttribute("aria-busy");
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 250);
  });
})();
