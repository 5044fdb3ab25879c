// Writes world.csv beside itself. Source, licence and every departure: README.md.
// Run: npm install --no-save --prefix SCRATCH world-atlas@2.0.2 topojson-client@3.1.0 d3-geo@3.1.1
//      node generate.mjs SCRATCH
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const scratch = resolve(process.argv[2]);
const require = createRequire(resolve(scratch, "package.json"));
const topojson = require("topojson-client");
const { geoEqualEarth, geoPath, geoCentroid, geoArea } = await import(resolve(scratch, "node_modules/d3-geo/src/index.js"));
const atlas = (scale) => require(`world-atlas/countries-${scale}.json`);

// Columns of the other table: alpha-2 and number (M49), which is the identifier of the atlas.
const rows = readFileSync(new URL("../../domain/data/countries.csv", import.meta.url), "utf8").trim().split("\n");
const head = rows[0].split(",");
const cell = (row, name) => row.split(",")[head.indexOf(name)];
const byNumber = new Map(rows.slice(1).map((row) => [cell(row, "m49"), cell(row, "alpha2")]));

// Places too small for the atlas, in degrees east and north.
const SMALL = {
  BV: [3.4, -54.4], CC: [96.8, -12.2], CX: [105.6, -10.5], GF: [-53.1, 3.9], GI: [-5.35, 36.1], GP: [-61.5, 16.2],
  MQ: [-61.0, 14.6], RE: [55.5, -21.1], YT: [45.2, -12.8], SJ: [16.0, 78.5], TK: [-171.8, -9.2], TV: [179.2, -8.5],
  UM: [-169.5, 16.7], BQ: [-68.3, 12.2],
};

const WIDTH = 1000;
const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, { type: "Sphere" });
const round = Math.round;
const fine = topojson.feature(atlas("50m"), atlas("50m").objects.countries).features;
const coarse = topojson.feature(atlas("110m"), atlas("110m").objects.countries).features;

// The middle of the largest piece: the middle of all pieces of France lies in the sea.
const largest = (geometry) =>
  geometry.type === "Polygon"
    ? geometry
    : geometry.coordinates
        .map((coordinates) => ({ type: "Polygon", coordinates }))
        .reduce((a, b) => (geoArea(a) >= geoArea(b) ? a : b));
const middles = new Map();
for (const feature of [...coarse, ...fine]) {
  const code = byNumber.get(feature.id);
  if (code) middles.set(code, projection(geoCentroid(largest(feature.geometry))));
}
for (const [code, at] of Object.entries(SMALL)) middles.set(code, projection(at));

// Whole numbers, relative steps, no step that goes nowhere.
const outline = (feature) => {
  const path = geoPath(projection)(feature);
  if (!path) return "";
  return path
    .split("M")
    .filter(Boolean)
    .map((ring) => {
      const points = ring.replace("Z", "").split("L").map((point) => point.split(",").map(Number).map(round));
      const steps = [];
      let [x, y] = points[0];
      for (const [a, b] of points.slice(1)) {
        if (a === x && b === y) continue;
        steps.push(`${a - x} ${b - y}`);
        [x, y] = [a, b];
      }
      return steps.length < 2 ? "" : `M${points[0].join(" ")}l${steps.join(" ")}z`;
    })
    .join("");
};
const outlines = new Map();
const elsewhere = [];
for (const feature of coarse) {
  const code = byNumber.get(feature.id);
  if (code === "AQ") continue;
  if (code) outlines.set(code, outline(feature));
  else elsewhere.push(outline(feature));
}

const codes = rows.slice(1).map((row) => cell(row, "alpha2"));
const missing = codes.filter((code) => !middles.has(code));
if (missing.length) throw new Error(`no place for ${missing}`);
const height = round(projection([0, -60])[1]);
const lines = ["code,x,y,outline", `,${WIDTH},${height},${elsewhere.join("")}`];
for (const code of codes.sort()) {
  const [x, y] = middles.get(code).map(round);
  lines.push(`${code},${x},${Math.min(y, height)},${outlines.get(code) ?? ""}`);
}
writeFileSync(new URL("world.csv", import.meta.url), lines.join("\n") + "\n");
