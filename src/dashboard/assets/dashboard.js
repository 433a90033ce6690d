/** What pages do by themselves: they show the reader's own time, renew what moves, and send filters as they change. */

const EVERY = 3000;
const LONGEST = 30_000;
/** Until a form may be sent again where no other page has come. */
const AGAIN = 5000;

/** Each part as it came last, by its id. */
const seen = new Map();
/** What came of each part and was not put in yet is the last that came, by its id. */
const ahead = new Map();
/** What the page as it came last stands at: while nothing has moved, the server need not make it again. */
let mark;
let ended = false;

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
  mark ??= document.querySelector("[data-mark]")?.dataset.mark ?? "1";
  const answer = await fetch(location.href, { headers: { "x-dripline-live": mark }, redirect: "manual" });
  if (answer.type === "opaqueredirect") return leave();
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  mark = fresh.querySelector("[data-mark]")?.dataset.mark ?? mark;
  for (const { id } of document.querySelectorAll("[data-live][id]")) {
    const part = fresh.getElementById(id);
    if (part) ahead.set(id, part);
  }
  exchange();
}

/** Puts in what came, but where somebody is at work: that waits until he is done. */
function exchange() {
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const now = ahead.get(old.id);
    if (!now || old.contains(document.activeElement)) continue;
    if (old.contains(getSelection()?.anchorNode ?? null) && !getSelection().isCollapsed) continue;
    ahead.delete(old.id);
    const is = now.outerHTML;
    if (seen.get(old.id) === is) continue;
    seen.set(old.id, is);
    localise(now);
    const at = [old, ...old.querySelectorAll(".table")].map(({ scrollLeft }) => scrollLeft);
    old.replaceWith(now);
    for (const [i, part] of [now, ...now.querySelectorAll(".table")].entries()) part.scrollLeft = at[i] ?? 0;
  }
  document.dispatchEvent(new Event("renewed"));
}

/** The session is over: what is on the page stays, and nothing is asked any more. */
function leave() {
  ended = true;
  const note = document.createElement("p");
  note.className = "said refused";
  note.setAttribute("role", "alert");
  note.innerHTML = `You are signed out. <a href="/sign-in">Sign in</a> to go on.`;
  document.querySelector("main")?.prepend(note);
}

/** Only while somebody looks and anything may still move; ever more seldom while the page cannot be had. */
function keepLive() {
  let wait = EVERY;
  let timer = 0;
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
  const run = async () => {
    if (document.hidden || ended || !document.querySelector("[data-live]")) return;
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

/** What is sent once is not sent again by a second click. A form that answers into a frame stays as it is. */
function sendOnce() {
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || form.target || submitter?.formTarget) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), AGAIN);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

sendOnce();
for (const part of document.querySelectorAll("[data-live][id]")) seen.set(part.id, part.outerHTML);
localise(document);
if (document.querySelector("[data-live]")) keepLive();
for (const form of document.querySelectorAll("form[data-autosubmit]"))
  form.addEventListener("change", () => form.requestSubmit());
