"use strict";
// The pages work without this script. With it a cell opens beside the map, arrow keys move
// from cell to cell, the report check can be filtered, and the language is remembered.
(function () {
  const REMEMBERED = "migration-data-map-language";

  function remember(language) {
    try { localStorage.setItem(REMEMBERED, language); } catch { /* not allowed: then not */ }
  }
  function remembered() {
    try { return localStorage.getItem(REMEMBERED); } catch { return null; }
  }

  // --- the language

  if (document.body.hasAttribute("data-start")) {
    const known = document.querySelectorAll(".choose a");
    const wanted = remembered();
    const links = [...known].filter((link) => link.hreflang === wanted);
    if (links.length === 1 && location.hash !== "#choose") location.replace(links[0].href);
    for (const link of known) link.addEventListener("click", () => remember(link.hreflang));
    return;
  }
  for (const link of document.querySelectorAll("[data-language]")) {
    link.addEventListener("click", () => {
      remember(link.dataset.language);
      link.hash = location.hash;
    });
  }

  // --- what only works with the script, and printing

  for (const one of document.querySelectorAll(".with-script")) one.hidden = false;
  function openTarget() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && target.closest("details");
    if (details) details.open = true;
  }
  addEventListener("hashchange", openTarget);
  openTarget();
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) {
      one.open = true;
      opened.push(one);
    }
  });
  addEventListener("afterprint", () => {
    while (opened.length) opened.pop().open = false;
  });

  // --- the filter of the report check

  const filter = document.querySelector("[data-filter]");
  if (filter) {
    const shown = filter.querySelector("[data-shown]");
    const apply = () => {
      const status = filter.querySelector("input:checked").value;
      let count = 0;
      for (const row of document.querySelectorAll("tr[data-status]")) {
        row.hidden = status !== "" && row.dataset.status !== status;
        if (!row.hidden) count += 1;
      }
      for (const section of document.querySelectorAll("section.claims")) {
        section.hidden = !section.querySelector("tr[data-status]:not([hidden])");
      }
      shown.textContent = shown.dataset.shown.replace("#", count);
    };
    filter.hidden = false;
    filter.addEventListener("change", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  // --- the cells

  const source = document.getElementById("cell-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const panel = document.getElementById("evidence");
  const title = document.getElementById("evidence-title");
  const body = panel.querySelector(".evidence-body");
  const hint = document.querySelector(".hint");
  const SIGNS = { available: "●", partial: "◐", not_available: "○" };
  const page = document.documentElement.lang;
  let from = null;

  function make(name, text, className, language) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    if (className) made.className = className;
    if (language && language !== page) made.lang = language;
    return made;
  }
  function status(code) {
    const [text, language] = data.statuses[code];
    const made = make("span", null, "status " + code);
    const sign = make("span", SIGNS[code], "sign");
    sign.setAttribute("aria-hidden", "true");
    made.append(sign, " ", make("span", text, null, language));
    return made;
  }
  function entry(list, term, ...told) {
    const description = make("dd");
    description.append(...told);
    const pair = make("div");
    pair.append(make("dt", term), description);
    list.append(pair);
  }
  function figures(told, more) {
    const list = make("ul", null, "figures");
    for (const [value, what, whose, why] of told) {
      const item = make("li");
      item.append(make("span", value, "number"), " ", what, " ", make("span", whose, "quiet"));
      if (why) {
        const anchor = make("a", data.words.why);
        anchor.href = data.why + why;
        item.append(" ", anchor);
      }
      list.append(item);
    }
    if (more) list.append(make("li", data.words.more.replace("#", more), "quiet"));
    return list;
  }
  function sql(row, year) {
    const [theme, measure, breakdown] = data.rows[row];
    const where = `WHERE country = '${data.country}' AND theme = '${theme}'`;
    const made = make("pre", null, "sql", "en");
    made.append(make("code",
      `SELECT * FROM availability_matrix\n${where}\n  AND measure = '${measure}' AND breakdown = '${breakdown}' AND year = ${year};\n` +
      `SELECT * FROM country_${measure}\n${where}\n  AND breakdown = '${breakdown}' AND year = ${year};`));
    return made;
  }
  function told(id) {
    const [row, year, now, national, rule, reason, evidence, completeness, sources, some, more] = data.cells[id];
    return { row, year, now, national, rule, reason, evidence, completeness, sources, some, more };
  }
  function show(link) {
    const id = link.dataset.cell;
    const cell = told(id);
    const words = data.words;
    const list = make("dl");
    const [ruleText, ruleLanguage] = data.rules[cell.rule];
    title.textContent = data.rows[cell.row][3] + " · " + cell.year;
    body.replaceChildren();
    const first = make("p", null, "verdict");
    first.append(status(cell.now), " ", make("strong", ruleText, null, ruleLanguage));
    body.append(first, make("p", data.reasons[cell.reason], "reason", "en"), list);
    if (cell.some.length) entry(list, words.figures, figures(cell.some, cell.more));
    if (cell.sources.length) {
      const named = make("ul", null, "named");
      for (const [code, isPublic] of cell.sources) {
        const item = make("li");
        const [institution, language, title] = data.sources[code] || [code, "en", ""];
        const anchor = make("a");
        anchor.append(make("span", institution, null, language), title ? ": " : "", make("span", title, null, "en"));
        anchor.href = "sources.html#source-" + code;
        item.append(anchor, isPublic ? ` (${words.public})` : "");
        named.append(item);
      }
      entry(list, words.sources, named);
    }
    entry(list, words.national, status(cell.national));
    entry(list, words.evidence, make("span", ...[data.evidence[cell.evidence][0], null, data.evidence[cell.evidence][1]]));
    if (cell.completeness) entry(list, words.completeness, cell.completeness);
    const query = make("details");
    query.append(make("summary", words.sql), sql(cell.row, cell.year));
    body.append(query);
    const further = make("p", null, "further");
    const theme = make("a", words.theme);
    theme.href = "theme-" + data.rows[cell.row][0] + ".html#" + cell.row;
    further.append(theme);
    body.append(further);
    if (from) from.removeAttribute("aria-current");
    from = link;
    from.setAttribute("aria-current", "true");
    hint.hidden = true;
    if (!panel.open) panel.show();
    document.body.classList.add("panel-open");
    body.scrollTop = 0;
    title.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
  }
  function close() {
    if (!panel.open) return;
    panel.close();
    document.body.classList.remove("panel-open");
    if (from) {
      from.removeAttribute("aria-current");
      from.focus();
    }
  }
  function preview(link) {
    const cell = told(link.dataset.cell);
    const place = link.getBoundingClientRect();
    const [text, language] = data.rules[cell.rule];
    hint.replaceChildren(status(cell.now), make("strong", text, null, language), make("span", data.reasons[cell.reason], null, "en"));
    hint.hidden = false;
    const left = Math.min(place.left, innerWidth - hint.offsetWidth - 12);
    const above = place.top - hint.offsetHeight - 8;
    hint.style.left = Math.max(8, left) + "px";
    hint.style.top = (above > 8 ? above : place.bottom + 8) + "px";
  }

  // One cell of a table is in the order of the tab key; arrow keys go on from there.
  const tables = [...document.querySelectorAll("table.matrix")].map((table) =>
    [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("[data-cell]")]));
  for (const table of tables) {
    table.forEach((row, y) => row.forEach((link, x) => { link.tabIndex = x || y ? -1 : 0; }));
  }
  function move(link, key) {
    for (const table of tables) {
      const y = table.findIndex((row) => row.includes(link));
      if (y < 0) continue;
      const x = table[y].indexOf(link);
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -x], End: [0, table[y].length - 1 - x] };
      const [down, right] = steps[key];
      const next = table[y + down] && table[y + down][x + right];
      if (!next) return;
      link.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }
  const cellOf = (event) => event.target instanceof Element && event.target.closest("[data-cell]");
  document.addEventListener("click", (event) => {
    const link = cellOf(event);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hint.hidden = true;
      close();
    }
    const link = cellOf(event);
    const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
    if (link && keys.includes(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      move(link, event.key);
    }
  });
  document.addEventListener("pointerover", (event) => {
    const link = cellOf(event);
    if (link && event.pointerType === "mouse") preview(link);
    else hint.hidden = true;
  });
  document.addEventListener("scroll", () => { hint.hidden = true; }, { passive: true, capture: true });
  panel.querySelector("[data-close]").addEventListener("click", close);
})();
