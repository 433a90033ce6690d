/** What the form on a contact does by itself: another empty row comes as the last one is filled. */

const fieldsOf = (row) => [...row.querySelectorAll("input, textarea")];

for (const rows of document.querySelectorAll("[data-rows]"))
  rows.addEventListener("input", () => {
    const last = rows.lastElementChild;
    if (!last || fieldsOf(last).every(({ value }) => value === "")) return;
    const next = last.cloneNode(true);
    next.classList.remove("wrong");
    for (const fault of next.querySelectorAll(".fault")) fault.remove();
    for (const field of fieldsOf(next)) {
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    const [was, now] = [last.querySelector("select"), next.querySelector("select")];
    if (was && now) now.value = was.value;
    rows.append(next);
  });
