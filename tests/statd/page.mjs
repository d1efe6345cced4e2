// page.mjs CHROMIUM URL EMPTY_URL SLOW_URL DATA: the first page in a browser. DATA is a file with
// {"views": addresses of tables, "rows": [[label, figure…]…] of one, "hidden": the address of one
// with hidden cells}. axe-core finds nothing, in both languages, light and dark, wide and 320 px; what
// the table shows is what the release holds; every step goes by keyboard; nothing is asked
// of anybody else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { Browser, until } from "./browser.mjs";

const [program, url, emptyUrl, slowUrl, dataFile] = process.argv.slice(2);
const { views, rows, hidden } = JSON.parse(readFileSync(dataFile, "utf8"));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await Browser.start(program);
const page = await browser.page();
await page.size(1280);
await page.open(`${url}/`); // where not even this comes to an end, nothing else is worth trying

// Everything that a reader can open is open.
async function violations() {
  await page.run(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  await page.ask("Runtime.evaluate", { expression: axeSource });
  const { violations, passes } = await page.run(() => axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] } }));
  assert.ok(passes.length > 15, "axe-core looked at next to nothing");
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join(" | ").slice(0, 600)}`);
}

const text = (selector) => page.run((s) => document.querySelector(s)?.innerText, selector);
const address = () => page.run(() => location.search);
// Every row of the table as the eye has it, without what only screen readers say.
const tableRows = () => page.run(() => [...document.querySelectorAll("#result tbody tr")].map((tr) => [...tr.children].map((cell) => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll(".unseen").forEach((e) => e.remove());
  return copy.textContent.replace(/\u00a0|\u202f/g, "");
})));

for (const lang of ["nb", "en"])
  for (const view of views)
    for (const [width, scheme] of [[1280, "light"], [320, "dark"], [320, "light"], [1280, "dark"]])
      test(`axe-core: ${lang} ${view} ${width} px ${scheme}`, async () => {
        await page.size(width);
        await page.scheme(scheme);
        await page.open(`${url}/?lang=${lang}&${view}`);
        assert.deepEqual(await violations(), []);
        assert.ok(await page.run(() => document.querySelectorAll("#result td").length > 3 && document.querySelector("#result figure svg")));
        assert.equal(await page.run(() => document.documentElement.lang), lang);
        assert.ok(await page.run(() => document.documentElement.scrollWidth) <= width, "the page itself scrolls sideways");
      });

test("axe-core: a broken link, no release, a release of its own", async () => {
  await page.size(1280);
  await page.open(`${url}/?lang=en&table=V1010&Region=nowhere`);
  assert.match(await text("#status"), /No such value \(Region\)/);
  assert.deepEqual(await violations(), []);
  await page.open(`${emptyUrl}/?lang=nb`);
  assert.match(await text("#status"), /Ingen tall er publisert/);
  assert.deepEqual(await violations(), []);
  await page.open(`${url}/releases/2026K1/?lang=nb`);
  assert.match(await text("#pinned"), /2026K1/);
  assert.deepEqual(await violations(), []);
  assert.equal(await page.run(() => document.querySelector("#pinned a").pathname), "/");
  page.faults = page.faults.filter((f) => !/status of (400|503)/.test(f)); // both were asked for
});

test("the table shows the release's figures, and the chart the same", async () => {
  await page.open(`${url}/?lang=nb&table=V1010&Region=*&Hendelsesklasse=incident&ContentsCode=*&Tid=*`);
  assert.deepEqual(await tableRows(), rows);
  const numbers = rows.flatMap((row) => row.slice(1)).filter((f) => /^\d/.test(f)).length;
  assert.equal(await page.run(() => document.querySelectorAll("figure .plot .point").length), numbers);
  const csv = await page.run(async () => (await fetch([...document.querySelectorAll("#result a")].find((a) => /csv/.test(a.href)).href)).text());
  assert.deepEqual(csv.trim().split("\r\n").slice(1).map((line) => line.split(";").map((f) => f.replaceAll('"', ""))).map(([region, , ...figures]) => [region, ...figures]), rows);
});

test("hidden cells say so to eye and ear", async () => {
  await page.open(`${url}/?lang=en&${hidden}`);
  assert.ok((await tableRows()).flat().includes(":"));
  assert.equal(await page.run(() => document.querySelector("td.mark .unseen").textContent), "hidden");
  assert.match(await text("#result"), /\d+ are hidden \(:\)/);
  assert.match(await text("#read-en"), /How to read/);
});

test("notes, of the table and of a region", async () => {
  await page.open(`${url}/?lang=en&table=V1010`);
  assert.match(await text("#result"), /how often something happens/);
  await page.run(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  assert.match(await text("#result"), /Northern Norway RHA: Break in the series/);
  assert.match(await text("#result"), /Coverage: 18 of 20/);
});

test("by keyboard alone: language, table, a choice, and back", async () => {
  await page.open(`${url}/?lang=nb`);
  await page.press("Tab");
  assert.equal(await page.run(() => document.activeElement.className), "skip");
  await page.tabTo("#languages a[hreflang=en]");
  await page.press("Enter");
  await until("English", async () => (await address()).includes("lang=en"));
  await page.settled();
  assert.equal(await page.run(() => [...document.querySelectorAll("h1")].find((h) => h.offsetParent).innerText), "Adverse events in figures");
  await page.tabTo("#tables-list li:nth-child(3) a");
  await page.press("Enter");
  await until("V1031", async () => (await address()).includes("table=V1031"));
  await page.settled();
  assert.equal(await page.run(() => document.activeElement.id), "view-title");
  const before = (await tableRows()).length;
  await page.tabTo("#choices details[data-axis=Region] summary");
  await page.press("Enter");
  await page.tabTo("#choices input[value=helse_vest]");
  await page.press(" ");
  await page.tabTo("#choices button.main");
  await page.press("Enter");
  await until("a choice in the address", async () => (await address()).includes("Region="));
  await page.settled();
  assert.equal((await tableRows()).length, before - 1);
  assert.doesNotMatch(await address(), /helse_vest/);
  const link = await address(), shown = await tableRows();
  await page.run(() => { history.back(); });
  await until("back", async () => !(await address()).includes("Region="));
  await page.settled();
  assert.equal((await tableRows()).length, before);
  await page.open(`${url}/${link}`); // the address alone brings it all back
  assert.deepEqual(await tableRows(), shown);
});

test("a form with nothing chosen says what is missing", async () => {
  await page.open(`${url}/?lang=en&table=V1010`);
  await page.run(() => { document.querySelectorAll("#choices input[data-axis=Region]").forEach((b) => { b.checked = false; }); document.querySelector("#choices button.main").click(); });
  assert.match(await text("#choices [role=alert]"), /Region|region/);
});

test("too many calls: says how long to wait", async () => {
  await page.open(`${slowUrl}/?lang=en`);
  assert.match(await text("#status"), /Try again in \d+ seconds/);
  page.faults = page.faults.filter((f) => !/status of 429/.test(f)); // it was asked for
});

test("a selection too large to show: says so, and where to get it", async () => {
  await page.open(`${url}/?lang=en&table=V1041&Region=*&Hendelsesklasse=*&Hendelsestype=*&ContentsCode=*&Tid=*`);
  assert.match(await text("#result"), /The selection has 7020 figures. The page shows 4000 at most/);
  assert.equal(await page.run(() => document.querySelector("#result table")), null);
  assert.match(await page.run(() => document.querySelector("#result .links a").href), /outputFormat=csv/);
  assert.deepEqual(await violations(), []);
});

test("without script: what there is, and where", async () => {
  await page.ask("Emulation.setScriptExecutionDisabled", { value: true });
  await page.ask("Page.navigate", { url: `${url}/` });
  await until("the page", async () => (await page.ask("Runtime.evaluate", { expression: "document.readyState === 'complete' && location.pathname === '/'" })).result.value);
  const seen = (await page.ask("Runtime.evaluate", { expression: "document.body.innerText" })).result.value;
  await page.ask("Emulation.setScriptExecutionDisabled", { value: false });
  for (const words of [/trenger JavaScript/, /need JavaScript/, /api\/v2\/tables/, /Slik leser du tallene/, /How to read the figures/])
    assert.match(seen, words);
});

test("nothing failed on the way, and nobody else was asked", () => {
  assert.deepEqual(page.faults, []);
  assert.deepEqual(page.asked.filter((u) => !u.startsWith(`${url}/`) && !u.startsWith(`${emptyUrl}/`) && !u.startsWith(`${slowUrl}/`) && u !== "about:blank"), []);
  assert.ok(page.asked.length > 100);
});

after(() => browser.stop());
