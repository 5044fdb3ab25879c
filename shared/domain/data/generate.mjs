// Writes countries.csv, regions.csv and languages.csv beside itself. Sources, licences and every departure: README.md.
// Run: npm install --no-save --prefix SCRATCH cldr-core@48.2.0 cldr-localenames-full@48.2.0 world-atlas@2.0.2 topojson-client@3.1.0
//      node generate.mjs SCRATCH
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "package.json"));
const supplemental = (file, key) => require(`cldr-core/supplemental/${file}.json`).supplemental[key];
const LANGUAGES = ["en", "fr", "ar", "es", "ru", "zh"];

// CLDR alternatives nearer to the short names of the United Nations than CLDR's first choice.
const PREFERRED = {
  CV: { en: "variant" },
  MM: { en: "short" },
  TR: { fr: "variant" },
};
// Names of UN M49 where CLDR's own say something else about what is named: the region that CLDR calls "Latin America"
// holds the Caribbean, and the names of some countries and territories are statements. M49 does not list TW apart; its
// name is that of ISO 3166-1, whose names are the United Nations'.
const UN_NAMES = {
  FK: {
    en: "Falkland Islands (Malvinas)",
    fr: "Îles Falkland (Malvinas)",
    ar: "جزر فوكلاند (مالفيناس)",
    es: "Islas Malvinas (Falkland)",
    ru: "Фолклендские (Мальвинские) острова",
    zh: "福克兰群岛（马尔维纳斯）",
  },
  HK: {
    en: "China, Hong Kong Special Administrative Region",
    fr: "Chine, région administrative spéciale de Hong Kong",
    ar: "الصين، منطقة هونغ كونغ الإدارية الخاصة",
    es: "China, región administrativa especial de Hong Kong",
    ru: "Китай, специальный административный район Гонконг",
    zh: "中国香港特别行政区",
  },
  KP: {
    en: "Democratic People's Republic of Korea",
    fr: "République populaire démocratique de Corée",
    ar: "جمهورية كوريا الشعبية الديمقراطية",
    es: "República Popular Democrática de Corea",
    ru: "Корейская Народно-Демократическая Республика",
    zh: "朝鲜民主主义人民共和国",
  },
  KR: {
    en: "Republic of Korea",
    fr: "République de Corée",
    ar: "جمهورية كوريا",
    es: "República de Corea",
    ru: "Республика Корея",
    zh: "大韩民国",
  },
  MO: {
    en: "China, Macao Special Administrative Region",
    fr: "Chine, région administrative spéciale de Macao",
    ar: "الصين، منطقة ماكاو الإدارية الخاصة",
    es: "China, región administrativa especial de Macao",
    ru: "Китай, специальный административный район Макао",
    zh: "中国澳门特别行政区",
  },
  PS: {
    en: "State of Palestine",
    fr: "État de Palestine",
    ar: "دولة فلسطين",
    es: "Estado de Palestina",
    ru: "Государство Палестина",
    zh: "巴勒斯坦国",
  },
  TW: {
    en: "Taiwan (Province of China)",
    fr: "Taïwan (Province de Chine)",
    ar: "تايوان (مقاطعة صينية)",
    es: "Taiwán (Provincia de China)",
    ru: "Тайвань (провинция Китая)",
    zh: "中国台湾省",
  },
  VA: {
    en: "Holy See",
    fr: "Saint-Siège",
    ar: "الكرسي الرسولي",
    es: "Santa Sede",
    ru: "Святой Престол",
    zh: "教廷",
  },
  419: {
    en: "Latin America and the Caribbean",
    fr: "Amérique latine et Caraïbes",
    ar: "أمريكا اللاتينية ومنطقة البحر الكاريبي",
    es: "América Latina y el Caribe",
    ru: "Латинская Америка и Карибский бассейн",
    zh: "拉丁美洲和加勒比",
  },
};
// Atlas features without an ISO number: the entity under which ISO 3166-2 codes that ground, for neighbours only.
const GROUND_OF = {
  Somaliland: "SO",
  "N. Cyprus": "CY",
  "Cyprus U.N. Buffer Zone": "CY",
  Kosovo: "RS",
  Baikonur: "KZ",
};
// Land borders too short for either scale.
const SHORT_BORDERS = [["BW", "ZM"]];

const mappings = supplemental("codeMappings", "codeMappings");
const containment = supplemental("territoryContainment", "territoryContainment");
const isRegion = (code) => /^\d{3}$/.test(code);

// ISO 3166-1 officially assigned = a leaf of a UN M49 region with an alpha-3 code and a number below the user-assigned
// 900s; CLDR keeps withdrawn codes apart and its own (EA, IC, AC, ...) without alpha-3. Antarctica is in no M49 region.
const parents = {};
for (const [code, { _contains }] of Object.entries(containment))
  if (isRegion(code)) for (const child of _contains) (parents[child] ??= []).push(code);
parents.AQ = ["001"];
const ancestors = (code) => [...new Set((parents[code] ?? []).flatMap((p) => [p, ...ancestors(p)]))];
const assigned = (code) => /^[A-Z]{2}$/.test(code) && mappings[code]?._alpha3 && Number(mappings[code]._numeric) < 900;
const countries = Object.keys(parents).filter(assigned).sort();
const byNumber = new Map(countries.map((code) => [mappings[code]._numeric, code]));

// Georgian capitals are for whole words set in capitals only.
const capital = (text, language) =>
  /^\p{Script=Georgian}/u.test(text) ? text : text[0].toLocaleUpperCase(language) + text.slice(1);
const names = Object.fromEntries(
  LANGUAGES.map((l) => [l, require(`cldr-localenames-full/main/${l}/territories.json`).main[l].localeDisplayNames.territories]),
);
const nameOf = (code, language) => {
  const alternative = PREFERRED[code]?.[language] ?? PREFERRED[code]?.["*"];
  return capital(
    UN_NAMES[code]?.[language] ?? names[language][`${code}-alt-${alternative}`] ?? names[language][code],
    language,
  );
};

const neighbours = new Map(countries.map((code) => [code, new Set()]));
const border = (a, b) => {
  if (a && b && a !== b) neighbours.get(a).add(b), neighbours.get(b).add(a);
};
const { neighbors: sharingArcs } = require("topojson-client");
for (const scale of ["50m", "10m"]) {
  const atlas = require(`world-atlas/countries-${scale}.json`);
  const { geometries } = atlas.objects.countries;
  const pieces = geometries.map((g) => ({ ...g, entity: byNumber.get(g.id) ?? GROUND_OF[g.properties.name] }));
  // Natural Earth draws French Guiana inside France; ISO 3166-1 gives it a code of its own, so its polygon counts twice.
  const france = pieces.find((g) => g.entity === "FR");
  const guiana = france.arcs.filter((polygon) => liesInSouthAmerica(atlas, polygon));
  pieces.push({ ...france, arcs: guiana, entity: "GF" });
  sharingArcs(pieces).forEach((others, i) => others.forEach((j) => border(pieces[i].entity, pieces[j].entity)));
}
// One polygon under two codes shares every arc with itself; that is no border.
neighbours.get("FR").delete("GF");
neighbours.get("GF").delete("FR");
for (const [a, b] of SHORT_BORDERS) border(a, b);

function liesInSouthAmerica({ arcs, transform }, [[first]]) {
  const [x, y] = arcs[first < 0 ? ~first : first][0];
  const [lon, lat] = [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
  return lon > -56 && lon < -50 && lat > 0 && lat < 7;
}

const cell = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const write = (file, header, rows) =>
  writeFileSync(new URL(file, import.meta.url), [header, ...rows].map((row) => row.map(cell).join(",") + "\n").join(""));

write(
  "countries.csv",
  ["alpha2", "alpha3", "m49", ...LANGUAGES, "regions", "neighbours"],
  countries.map((code) => [
    code,
    mappings[code]._alpha3,
    mappings[code]._numeric,
    ...LANGUAGES.map((l) => nameOf(code, l)),
    ancestors(code).sort().join(";"),
    [...neighbours.get(code)].sort().join(";"),
  ]),
);
const regions = Object.keys(containment).filter(isRegion).sort();
write("regions.csv", ["m49", ...LANGUAGES], regions.map((code) => [code, ...LANGUAGES.map((l) => nameOf(code, l))]));

// A language's own name, and the direction of the script it is usually written in.
const likely = supplemental("likelySubtags", "likelySubtags");
const { scriptMetadata } = require("cldr-core/scriptMetadata.json");
// Missing in CLDR: it has no locale of Maldivian, and files Dari (ISO 639-3 prs) under Persian.
const OWN_NAMES = { dv: "ދިވެހި", prs: "دری" };
likely.prs = likely.fa;
const ownName = (code) => {
  if (OWN_NAMES[code]) return OWN_NAMES[code];
  try {
    const { languages } = require(`cldr-localenames-full/main/${code}/languages.json`).main[code].localeDisplayNames;
    return languages[code] ? capital(languages[code], code) : "";
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    return ""; // CLDR has no locale of that language
  }
};
const direction = (code) => (scriptMetadata[likely[code].split("-")[1]]?.rtl === "YES" ? "rtl" : "ltr");
const languages = Object.keys(likely)
  .filter((code) => /^[a-z]{2,3}$/.test(code) && code !== "und")
  .sort()
  .map((code) => [code, ownName(code), direction(code)])
  .filter(([, name, way]) => name || way === "rtl");
write("languages.csv", ["code", "endonym", "direction"], languages);
