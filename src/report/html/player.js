(() => {
"use strict";
const all = (s, e) => [...e.querySelectorAll(s)];
document.body.classList.add("js");
const players = all(".pl", document).map(p => {
const tables = all("table", p).map(t => all("tr[data-i]", t));
const rows = tables[0];
const heads = all("thead th", rows[0].closest("table")).map(h => h.textContent);
const range = p.querySelector("input"), say = p.querySelector("output");
const marks = all("i[data-o]", p), pictures = all("figure[data-s]", p), boxes = all(".now div", p);
const words = row => {
let text = "";
all("td", row).forEach((c, i) => {
const value = c.textContent.trim(), kind = c.className[0];
if (!value) return;
if (kind === "a") text += heads[i + 1] + ": " + value + ". ";
else if (kind === "s") { if (c.classList.contains("ch")) text += heads[i + 1] + " is " + value + ". "; }
else text += value + ". ";
});
return text;
};
let at = 0;
const me = {
box: p,
go(n, user) {
at = Math.max(0, Math.min(rows.length - 1, n));
tables.forEach(t => t.forEach((r, i) => {
r.classList.toggle("on", i === at);
r.classList.toggle("later", i > at);
if (i === at) r.setAttribute("aria-current", "step"); else r.removeAttribute("aria-current");
}));
const row = rows[at], from = +row.dataset.a, to = +row.dataset.b;
let first = null;
marks.forEach(m => {
const on = to > from && m.dataset.o >= from && m.dataset.o < to;
m.classList.toggle("on", on);
if (on && !first) first = m;
});
pictures.forEach(f => f.classList.toggle("on", f.dataset.s.split(" ").includes("" + at)));
boxes.forEach((b, i) => {
const cells = rows.slice(0, at + 1).map(r => all("td.s", r)[i]).filter(c => c && c.textContent);
const c = cells[cells.length - 1];
b.querySelector("dd").textContent = c ? c.textContent : "";
b.classList.toggle("ch", !!c && c.parentNode === row && c.classList.contains("ch"));
});
const text = row.dataset.t + ". " + words(row);
range.value = at;
range.setAttribute("aria-valuetext", text);
say.textContent = text;
if (user) {
if (first) first.scrollIntoView({block: "nearest", inline: "nearest"});
tables.forEach(t => {
const c = t[at] && all("td.a", t[at]).find(c => c.textContent), w = c && c.closest(".wide");
if (w && (c.offsetLeft < w.scrollLeft + 60 || c.offsetLeft + c.offsetWidth > w.scrollLeft + w.clientWidth)) w.scrollLeft = c.offsetLeft - 120;
});
last = me;
}
},
by(d) { me.go(at + d, true); },
end() { me.go(rows.length - 1, true); }
};
range.max = rows.length - 1;
range.addEventListener("input", () => me.go(+range.value, true));
all("button", p).forEach(b => b.addEventListener("click", () => keys[b.dataset.k](me)));
tables.forEach(t => t.forEach((r, i) => r.addEventListener("click", () => me.go(i, true))));
me.go(0);
return me;
});
let last = players[0];
const keys = {ArrowRight: m => m.by(1), ArrowLeft: m => m.by(-1), Home: m => m.go(0, true), End: m => m.end()};
document.addEventListener("keydown", e => {
if (!keys[e.key] || e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || e.target.tagName === "INPUT" || !last) return;
const m = players.find(p => p.box.contains(e.target)) || last;
keys[e.key](m);
e.preventDefault();
});
})();
