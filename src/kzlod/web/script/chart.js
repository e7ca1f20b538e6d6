// Rows of an answer as a chart: a line where one column counts time and another has numbers, else bars.
import { choice, drawn, element } from "./elements.js";
import { head, number, shown } from "./terms.js";
import { say } from "./words.js";

const MOST = 60; // bars
const MOST_POINTS = 2000; // of a line
const WIDTH = 720;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 16, 36];
const HEIGHT = 320;
const BAR = 22;
const COLOURS = 8; // that the page's style sheet has for series

export function chart({ variables, rows }, context, names) {
  const values = variables.filter((name) => rows.some((row) => number(row[name]) !== null));
  const times = variables.filter((name) => rows.length && rows.every((row) => time(row[name]) !== null));
  const value = values.findLast((name) => !times.includes(name)) ?? values.at(-1);
  if (!value) return element("p", {}, say("nothingToDraw"));
  let by =
    times.find((name) => name !== value) ?? variables.find((name) => name !== value && !values.includes(name)) ?? "";
  let of = value;
  const headOf = (name) => head(name, context).text;
  const place = element("div", { class: "drawing" });

  // Drawn at once, and again when the labels of what it is drawn by have come.
  async function draw() {
    const iris = rows.slice(0, MOST).flatMap((row) => (row[by]?.type === "uri" ? [row[by].value] : []));
    redraw();
    if (iris.length) await names.of(iris).then(redraw);
  }

  function redraw() {
    const points = rows.map((row) => ({ at: row[by], value: number(row[of]) })).filter((point) => point.value !== null);
    const timed = times.includes(by) && points.length > 1;
    place.replaceChildren(
      ...(timed
        ? curve(
            points.map(({ at, value }) => ({ x: time(at), text: at.value, value })),
            headOf(of),
          )
        : bars(
            points.map(({ at, value }, row) => ({ text: by ? shown(at, context, names) : String(row + 1), value })),
            headOf(of),
            by,
          )),
    );
  }

  const chooseBy = choice(
    say("by"),
    [["", "—"], ...variables.map((name) => [name, headOf(name)])],
    (name) => ((by = name), draw()),
  );
  const chooseOf = choice(
    say("figure"),
    values.map((name) => [name, headOf(name)]),
    (name) => ((of = name), draw()),
  );
  chooseBy.querySelector("select").value = by;
  chooseOf.querySelector("select").value = of;
  draw();
  return element("div", {}, element("div", { class: "row" }, chooseOf, chooseBy), place);
}

// A year, a month or a day as a number of years; null for what is none.
function time(term) {
  const match = /^(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?$/.exec(term?.value ?? "");
  if (!match || term.type === "uri" || (number(term) !== null && !/integer$/.test(term.datatype))) return null;
  return Number(match[1]) + (Number(match[2] ?? 1) - 1) / 12 + (Number(match[3] ?? 1) - 1) / 366;
}

// The colours of series by their names: `of` gives the class of one, those beyond the colours share the last; `legend`
// says what they stand for, where there are several.
export function colours(all) {
  const names = [...new Set(all)].filter(Boolean);
  const of = (name) => `s${Math.min(Math.max(names.indexOf(name), 0), COLOURS - 1)}`;
  const swatch = { width: 12, height: 12 };
  const items = names
    .slice(0, COLOURS)
    .map((name) => [drawn("svg", { ...swatch, class: of(name), "aria-hidden": "true" }, drawn("rect", swatch)), name]);
  if (names.length > COLOURS) items.push([`… +${names.length - COLOURS}`]);
  const legend = element("ul", { class: "legend" }, ...items.map((item) => element("li", {}, ...item)));
  return { of, legend: names.length > 1 ? [legend] : [] };
}

// Points {x, text, value, and "series" and "source" where they have them} over an axis; those of a series are joined.
export function curve(points, name) {
  const sorted = points.slice(0, MOST_POINTS).sort((one, other) => one.x - other.x);
  const [low, high, step] = scale(sorted.map(({ value }) => value));
  const [start, end] = [sorted[0].x, sorted.at(-1).x];
  const x = (at) => LEFT + (end === start ? 0.5 : (at - start) / (end - start)) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const parts = [];
  for (let at = low; at <= high + step / 2; at += step) {
    parts.push(drawn("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at), class: "rule" }));
    parts.push(drawn("text", { x: LEFT - 8, y: y(at) + 4, "text-anchor": "end" }, brief(at)));
  }
  const { of, legend } = colours(points.map(({ series }) => series));
  for (const [series, joined] of Map.groupBy(sorted, ({ series }) => series)) {
    const d = `M${joined.map((point) => `${x(point.x)},${y(point.value)}`).join("L")}`;
    parts.push(drawn("path", { d, class: `line ${of(series)}` }));
  }
  let right = -Infinity;
  for (const point of sorted) {
    const title = drawn("title", {}, said([point.text, point.series, point.source], point.value));
    const at = { cx: x(point.x), cy: y(point.value), r: 3.5, class: `point ${of(point.series)}` };
    parts.push(drawn("circle", at, title));
    if (x(point.x) - right < 56) continue;
    right = x(point.x);
    parts.push(drawn("text", { x: right, y: HEIGHT - BOTTOM + 20, "text-anchor": "middle" }, point.text.slice(0, 10)));
  }
  const label = say("chartOf", { name, count: sorted.length });
  return [...legend, picture(HEIGHT, label, parts), ...rest(points, MOST_POINTS)];
}

// A bar for each {text, value, and "series" and "source" where it has them}; `named` is whether the texts are names, and
// not numbers of rows.
export function bars(points, name, named) {
  const some = points.slice(0, MOST);
  if (!some.length) return [element("p", {}, say("nothingToDraw"))];
  const left = named ? 220 : LEFT;
  const [low, high] = scale(some.map(({ value }) => value));
  const x = (value) => left + ((value - low) / (high - low)) * (WIDTH - left - 80);
  const { of, legend } = colours(points.map(({ series }) => series));
  const parts = some.flatMap(({ text, value, series, source }, row) => {
    const y = TOP + row * BAR;
    const [from, to] = [x(Math.min(value, 0)), x(Math.max(value, 0))];
    return [
      drawn(
        "text",
        { x: left - 8, y: y + 15, "text-anchor": "end" },
        clipped(text, named ? 28 : 6),
        drawn("title", {}, text),
      ),
      drawn(
        "rect",
        { x: from, y: y + 3, width: Math.max(to - from, 1), height: BAR - 6, class: `bar ${of(series)}` },
        drawn("title", {}, said([text, source], value)),
      ),
      drawn("text", { x: to + 6, y: y + 15 }, brief(value)),
    ];
  });
  const height = TOP + some.length * BAR + 8;
  const label = say("chartOf", { name, count: some.length });
  return [...legend, picture(height, label, parts), ...rest(points, MOST)];
}

// Says that not all is drawn.
export function rest(all, most) {
  return all.length > most ? [element("p", {}, say("firstDrawn", { most, count: all.length }))] : [];
}

function picture(height, label, parts) {
  return drawn("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label }, ...parts);
}

// The ends of an axis that has zero in it, and the step between its lines.
function scale(values) {
  const least = values.reduce((one, other) => Math.min(one, other), 0);
  const most = values.reduce((one, other) => Math.max(one, other), 0);
  if (least === most) return [0, 1, 1];
  const rough = (most - least) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough * 0.999);
  return [Math.floor(least / step) * step, Math.ceil(most / step) * step, step];
}

// What a mark says of itself.
function said(names, value) {
  return `${names.filter(Boolean).join(" · ")}: ${plain(value)}`;
}

function brief(value) {
  return new Intl.NumberFormat(document.documentElement.lang || "en", {
    notation: "compact",
    maximumSignificantDigits: 4,
  }).format(value);
}

function plain(value) {
  return value.toLocaleString(document.documentElement.lang || "en", { maximumSignificantDigits: 15 });
}

function clipped(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}
