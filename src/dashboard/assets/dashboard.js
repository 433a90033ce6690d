/** What pages do by themselves: they show the reader's own time, renew what moves, and send filters as they change. */

const EVERY = 3000;
const LONGEST = 30_000;

/** Beside UTC, an instant is told by the reader's own clock. */
function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    const own = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    if (!time.title.includes(own)) time.title = `${time.title}\n${own} on your clock`;
  }
}

/** Asks for the page anew and exchanges what is marked as live and has changed, unless somebody is at work in it. */
async function renew() {
  const answer = await fetch(location.href, { headers: { "x-dripline-live": "1" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") return location.reload();
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const now = fresh.getElementById(old.id);
    if (!now || old.dataset.was === now.outerHTML || old.contains(document.activeElement)) continue;
    localise(now);
    const was = fresh.getElementById(old.id)?.outerHTML;
    old.replaceWith(now);
    if (was) now.dataset.was = was;
  }
  document.dispatchEvent(new Event("renewed"));
}

/** Only while somebody looks; ever more seldom while the page cannot be had. */
function keepLive() {
  let wait = EVERY;
  let timer = 0;
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
  const run = async () => {
    if (document.hidden) return;
    try {
      await renew();
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    next();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : next()));
  next();
}

localise(document);
if (document.querySelector("[data-live]")) keepLive();
for (const form of document.querySelectorAll("form[data-autosubmit]"))
  form.addEventListener("change", () => form.requestSubmit());
