/** What the page of imports does by itself: it takes a file, shows what its columns become, and sends it with its progress. */

/** Bytes of a file from which its columns are told. */
const LOOKED_AT = 64 * 1024;

const card = document.getElementById("import");
const part = (id) => document.getElementById(id);
const form = card?.querySelector("form");

if (card && form) {
  const [file, shown, fault, sent] = ["file", "preview", "import-fault", "sent"].map(part);
  const button = form.querySelector("button.primary");
  /** Another choice is another import, and the same sent twice is one. */
  let choice = 0;

  const tell = (message) => {
    fault.textContent = message;
    fault.hidden = message === "";
  };

  const headers = () => ({ "content-type": "text/csv", "x-dripline-csrf": form.elements.csrf.value });

  const mapping = () => {
    const columns = [...shown.querySelectorAll("select[data-column]")];
    return JSON.stringify(Object.fromEntries(columns.map(({ dataset, value }) => [dataset.column, value])));
  };

  /** The beginning, up to the end of a line, so that no row and no letter is cut in two. */
  async function beginningOf(chosen) {
    const bytes = new Uint8Array(await chosen.slice(0, LOOKED_AT).arrayBuffer());
    const end = Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13));
    return chosen.size > LOOKED_AT && end > 0 ? bytes.slice(0, end + 1) : bytes;
  }

  async function preview(chosen, mapped) {
    const query = new URLSearchParams({ platform: form.elements.platform.value, mapping: mapped });
    const body = await beginningOf(chosen);
    const answer = await fetch(`${card.dataset.preview}?${query}`, { method: "POST", headers: headers(), body });
    if (!answer.ok) throw new Error((await answer.json()).message);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.body.childNodes;
  }

  async function look(mapped) {
    choice += 1;
    const [mine, chosen] = [choice, file.files[0]];
    tell("");
    part("pasted").hidden = chosen !== undefined;
    button.textContent = chosen ? "Import the file" : "Enroll them";
    if (!chosen) return shown.replaceChildren();
    try {
      const nodes = await preview(chosen, mapped);
      if (mine !== choice) return;
      const at = document.activeElement?.dataset.column;
      shown.replaceChildren(...nodes);
      if (at) [...shown.querySelectorAll("select")].find(({ dataset }) => dataset.column === at)?.focus();
    } catch (error) {
      if (mine === choice) tell(error.message);
    }
  }

  function send(chosen) {
    const { elements } = form;
    const query = new URLSearchParams({
      platform: elements.platform.value,
      tags: elements.tags.value,
      updateExisting: String(elements.updateExisting.checked),
      mapping: mapping(),
      key: `${elements.key.value}.${choice}`,
    });
    const request = new XMLHttpRequest();
    request.open("POST", `${card.dataset.file}?${query}`);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      sent.value = total > 0 ? loaded / total : 0;
    });
    const ended = (message) => {
      tell(message);
      button.disabled = false;
      sent.hidden = true;
    };
    request.addEventListener("error", () => ended("The connection broke off: press again, nothing is imported twice."));
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {}
      if (answer.to) location.assign(answer.to);
      else ended(answer.message ?? "That did not work: try again in a moment.");
    });
    tell("");
    button.disabled = true;
    sent.hidden = false;
    sent.value = 0;
    request.send(chosen);
  }

  part("file-field").hidden = false;
  file.addEventListener("change", () => look("{}"));
  form.elements.platform.addEventListener("change", () => look("{}"));
  for (const name of ["tags", "updateExisting"])
    form.elements[name].addEventListener("change", () => {
      choice += 1;
    });
  shown.addEventListener("change", () => look(mapping()));
  form.addEventListener("submit", (event) => {
    const chosen = file.files[0];
    if (!chosen) return;
    event.preventDefault();
    send(chosen);
  });
  if (file.files.length > 0) look("{}");
}
