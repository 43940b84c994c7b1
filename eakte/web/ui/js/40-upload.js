/* Uploads by XMLHttpRequest: fetch knows no upload progress. Each file has an id, so sending it again is harmless. */
(() => {
  const form = () => document.querySelector("form[data-upload]");
  const waiting = [];
  /* What systems leave in folders, and nobody wants in the records. */
  const litter = /^(\.|~\$)|^(thumbs\.db|desktop\.ini)$/i;
  let busy = 0, all = 0, done = 0;

  const row = (file) => {
    const line = document.getElementById("ea-upload-row").content.firstElementChild.cloneNode(true);
    const name = file.inFolder || file.webkitRelativePath || file.name;
    line.querySelector("[data-name]").textContent = name;
    line.querySelector("progress").setAttribute("aria-label", name);
    document.getElementById("ea-uploads").append(line);
    return line;
  };
  const say = (line, text) => { line.querySelector("[data-result]").textContent = text; };
  const count = () => {
    const place = document.getElementById("ea-upload-count");
    place.textContent = all > 1 ? `${done} von ${all} Dateien gesendet` : "";
  };

  const again = (job, why) => {
    say(job.line, `${why} `);
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
        done += 1;
        count();
        job.line.replaceWith(answer);
        htmx.process(answer);
      } else {
        const why = found.querySelector("[data-text]")?.textContent || "Das hat nicht geklappt. Bitte erneut versuchen.";
        if (request.status === 429) again(job, why);
        else say(job.line, why);
      }
    });
    request.addEventListener("error", () => again(job, "Verbindung unterbrochen."));
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
      if (litter.test(file.name)) continue;
      all += 1;
      const job = { file, line: row(file), id: crypto.randomUUID() };
      if (file.size > most) say(job.line, `zu groß, höchstens ${Math.floor(most / 1e6)} MB`);
      else if (!file.size) say(job.line, "leer, bitte prüfen Sie die Datei");
      else { say(job.line, "wartet"); waiting.push(job); }
    }
    count();
    next();
  };

  /* A dropped folder is read entry by entry; readEntries gives a hundred at a time. */
  const within = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((found, failed) => entry.file(found, failed));
      file.inFolder = entry.fullPath.replace(/^\//, "");
      return [file];
    }
    const reader = entry.createReader(), inside = [];
    for (let some; (some = await new Promise((found, failed) => reader.readEntries(found, failed))).length;) inside.push(...some);
    return (await Promise.all(inside.map(within))).flat();
  };
  const addDropped = async (data) => {
    const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) add(data.files);
    else for (const entry of entries) add(await within(entry));
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
    addDropped(event.dataTransfer);
  });
})();
