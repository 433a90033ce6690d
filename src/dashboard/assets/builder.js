/** What the builder does by itself: steps are dragged to other places, and a text is counted and looked at as it is written. */

const SVG = "http://www.w3.org/2000/svg";
/** Pixels that a pointer travels before it drags, and how near to a place it lets go. */
const SLACK = 6;
const REACH = 60;

/** A step is lifted, follows the pointer, and is sent to the place it is let go at, by the form that buttons send too. */
function dragSteps(board, form) {
  let held = null;
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("pointerdown", (event) => {
    const node = event.target.closest("a[data-step]");
    // Fingers scroll; they move steps by the buttons on a step's page.
    if (!node || event.button !== 0 || event.pointerType === "touch") return;
    held = { node, x: event.clientX, y: event.clientY, ghost: null, spot: null };
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.ghost && Math.hypot(dx, dy) < SLACK) return;
    held.ghost ??= lift(held.node);
    held.ghost.setAttribute("transform", `translate(${dx} ${dy})`);
    mark(held, nearest(board, event));
  });
  addEventListener("pointerup", () => {
    if (!held) return;
    const { node, ghost, spot } = held;
    held = null;
    if (!ghost) return;
    ghost.remove();
    // The click that ends a drag opens nothing.
    const stay = (event) => event.preventDefault();
    node.addEventListener("click", stay, { once: true });
    setTimeout(() => node.removeEventListener("click", stay));
    spot?.classList.remove("over");
    if (spot) send(board, form, { step: node.dataset.step, under: spot.dataset.under });
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !held) return;
    held.ghost?.remove();
    held.spot?.classList.remove("over");
    held = null;
  });
}

function lift(node) {
  const ghost = document.createElementNS(SVG, "g");
  ghost.setAttribute("class", `${node.getAttribute("class")} lifted`);
  ghost.setAttribute("aria-hidden", "true");
  for (const part of node.children) ghost.append(part.cloneNode(true));
  node.closest("svg").append(ghost);
  return ghost;
}

function mark(held, spot) {
  if (held.spot === spot) return;
  held.spot?.classList.remove("over");
  spot?.classList.add("over");
  held.spot = spot;
}

function nearest(board, { clientX, clientY }) {
  let [found, least] = [null, REACH];
  for (const spot of board.querySelectorAll("a[data-under]")) {
    const { left, top, width, height } = spot.getBoundingClientRect();
    const far = Math.hypot(left + width / 2 - clientX, top + height / 2 - clientY);
    if (far < least) [found, least] = [spot, far];
  }
  return found;
}

function send(board, form, { step, under }) {
  form.action = `${board.dataset.steps}/${step}/move`;
  form.elements.under.value = under;
  form.requestSubmit();
}

const PAUSE = 700;

/** Counted as people count, shown in the frame once one pauses, and filled in where one writes. */
function helpWriting(writing) {
  const area = writing.querySelector("textarea");
  const count = writing.querySelector("[data-count]");
  const look = document.querySelector("button[data-look]");
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(look), PAUSE);
  };
  area.addEventListener("input", () => {
    count.textContent = [...area.value].length.toLocaleString("en");
  });
  look?.form.addEventListener("input", soon);
  look?.form.addEventListener("change", soon);
  for (const field of document.querySelectorAll("[form][name=whom]")) field.addEventListener("input", soon);
  let last = area;
  writing.addEventListener("focusin", ({ target }) => {
    if (target === area || target.name === "subject" || target.name === "preheader") last = target;
  });
  for (const name of writing.querySelectorAll("[data-insert]")) makeInserting(name, () => last);
  if (area.dataset.line) goTo(area, Number(area.dataset.line), Number(area.dataset.column));
  if (look && area.value.trim() !== "") show(look);
}

/** A frame of its own for each look: going back leads off the page, and not through all that one has written. */
function show(button) {
  if (!button) return;
  const old = document.querySelector("iframe.look");
  const next = old.cloneNode();
  next.addEventListener("load", () => next.removeAttribute("aria-busy"));
  old.replaceWith(next);
  button.form.requestSubmit(button);
}

function makeInserting(code, fieldNow) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = code.textContent;
  button.title = "Write it at the cursor";
  button.addEventListener("click", () => {
    const field = fieldNow();
    field.setRangeText(code.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  code.replaceChildren(button);
}

/** The cursor stands where the template is broken. */
function goTo(area, line, column) {
  const before = area.value.split("\n").slice(0, line - 1);
  const at = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  area.focus();
  area.setSelectionRange(at, at);
}

const [board, drop] = [document.querySelector("[data-steps]"), document.getElementById("drop")];
if (board && drop) dragSteps(board, drop);
document.querySelector(".steps .selected")?.scrollIntoView({ block: "center", inline: "center" });
for (const writing of document.querySelectorAll("[data-writing]")) helpWriting(writing);
