// Keeps an open page fresh: on a `changed` event the page fetches itself and replaces its content.
// Without this file everything works; the page then shows the moment at which it was asked for.
(() => {
  "use strict";
  const news = document.getElementById("news");
  for (const select of document.querySelectorAll(".pick select")) {
    select.addEventListener("change", () => select.form.submit());
  }
  if (!news || news.dataset.still || !window.EventSource) return;

  let waiting = false;
  const refresh = async () => {
    if (waiting) return;
    waiting = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      swap(fresh);
      news.textContent = news.dataset.message;
    } finally {
      waiting = false;
    }
  };

  // Sections are swapped one by one, and only where they differ: focus, scrolling and open details stay.
  const swap = (fresh) => {
    const now = document.getElementById("fresh-at");
    const then = fresh.getElementById("fresh-at");
    if (now && then) now.replaceWith(document.importNode(then, true));
    for (const section of document.querySelectorAll("main section[aria-labelledby]")) {
      const other = fresh.querySelector(`main section[aria-labelledby="${section.getAttribute("aria-labelledby")}"]`);
      for (const [n, open] of [...section.querySelectorAll("details")].entries()) {
        if (other) other.querySelectorAll("details")[n]?.toggleAttribute("open", open.open);
      }
      if (other && other.innerHTML !== section.innerHTML && !section.contains(document.activeElement)) {
        section.replaceWith(document.importNode(other, true));
      }
    }
    document.body.dataset.fresh = then ? then.dateTime : "";
    document.dispatchEvent(new Event("swapped"));
  };

  const stream = new EventSource(news.dataset.stream);
  stream.addEventListener("open", () => document.body.classList.add("is-live"));
  stream.addEventListener("error", () => document.body.classList.remove("is-live"));
  stream.addEventListener("changed", refresh);
})();
