/* Uploads by XMLHttpRequest: fetch knows no upload progress. Each file has an id, so sending it again is harmless. */
(() => {
  const form = () => document.querySelector("form[data-upload]");
  const waiting = [];
  let busy = 0;

  const row = (file) => {
    const line = document.getElementById("ea-upload-row").content.firstElementChild.cloneNode(true);
    line.querySelector("[data-name]").textContent = file.name;
    line.querySelector("progress").setAttribute("aria-label", file.name);
    document.getElementById("ea-uploads").append(line);
    return line;
  };
  const say = (line, text) => { line.querySelector("[data-result]").textContent = text; };

  const again = (job) => {
    say(job.line, "Verbindung unterbrochen. ");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ea-textlink";
    button.textContent = "Erneut senden";
    button.addEventListener("click", () => { waiting.push(job); next(); });
    job.line.querySelector("[data-result]").append(button);
  };

  const send = (job) => {
    const request = new XMLHttpRequest(), data = new FormData(), bar = job.line.querySelector("progress");
    data.append("unit", form().elements.unit.value);
    data.append("upload_id", job.id);
    data.append("files", job.file);
    busy += 1;
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      say(job.line, event.loaded < event.total ? `${Math.round(100 * bar.value)} %` : "wird geprüft");
    });
    request.addEventListener("load", () => {
      const found = document.createRange().createContextualFragment(request.responseText);
      if (request.status === 200 && found.firstElementChild) {
        const answer = found.firstElementChild;
        job.line.replaceWith(answer);
        htmx.process(answer);
      } else say(job.line, found.querySelector("[data-text]")?.textContent || "Das hat nicht geklappt. Bitte erneut versuchen.");
    });
    request.addEventListener("error", () => again(job));
    request.addEventListener("loadend", () => { busy -= 1; next(); });
    request.open("POST", form().action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRF-Token", document.querySelector("meta[name=csrf]").content);
    request.send(data);
  };
  const next = () => { while (busy < 2 && waiting.length) send(waiting.shift()); };

  const add = (files) => {
    const most = Number(form().dataset.most);
    for (const file of files) {
      const job = { file, line: row(file), id: crypto.randomUUID() };
      if (file.size > most) say(job.line, `zu groß, höchstens ${Math.floor(most / 1e6)} MB`);
      else if (!file.size) say(job.line, "leer, bitte prüfen Sie die Datei");
      else { say(job.line, "wartet"); waiting.push(job); }
    }
    next();
  };

  document.addEventListener("DOMContentLoaded", () => form()?.setAttribute("data-ready", ""));
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-upload] input[type=file]")) { add(event.target.files); event.target.value = ""; }
  });
  document.addEventListener("dragover", (event) => {
    const area = event.target.closest?.("[data-drop]");
    if (area) { event.preventDefault(); area.setAttribute("data-over", ""); }
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.removeAttribute("data-over"));
  document.addEventListener("drop", (event) => {
    const area = event.target.closest?.("[data-drop]");
    if (!area) return;
    event.preventDefault();
    area.removeAttribute("data-over");
    add(event.dataTransfer.files);
  });
})();
