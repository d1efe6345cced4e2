// Compares our classification with two independent validators on generated
// numbers. Each peer is asked only about what it knows:
//
// @navikt/fnrvalidator: check digits of both rules (it knows no difference
//   between them) and dates with yy alone; no FH numbers, no month + 65.
// norwegian-national-id-validator: legacy check digits; reads the century from
//   the individual digits, so only 000-499 (1900-1999) are compared and 29.02.00
//   is left out (1900 was no leap year, 2000 was); FH numbers; no synthetic ones.
import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import navikt from "@navikt/fnrvalidator";
import nnin from "norwegian-national-id-validator";

// mulberry32: the same numbers on every run
let state = 20320101;
function random(n) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
}
const pad = (n, width) => String(n).padStart(width, "0");
const weighted = (digits, weights) =>
  weights.reduce((sum, w, i) => sum + w * Number(digits[i]), 0) % 11;

// Check digits so that the remainders become r1 and 0, or null.
function complete(nine, r1) {
  const k1 = (11 + r1 - weighted(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2])) % 11;
  const k2 = (11 - weighted(nine + k1, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) % 11;
  return k1 > 9 || k2 > 9 ? null : nine + k1 + k2;
}

function base() {
  const day = random(33) + (random(3) === 0 ? 40 : 0);
  const month = random(14) + [0, 0, 40, 80, 80][random(5)];
  return pad(day, 2) + pad(month, 2) + pad(random(100), 2) + pad(random(1000), 3);
}

const numbers = [];
while (numbers.length < 12000) {
  const shape = random(8);
  const nine = shape === 7 ? "89"[random(2)] + pad(random(1e8), 8) : base();
  const number = complete(nine, shape < 4 ? 0 : random(6)) ?? nine + pad(random(100), 2);
  numbers.push(number);
  if (random(4) === 0) {
    const at = random(11); // a slip
    numbers.push(number.slice(0, at) + random(10) + number.slice(at + 1));
  }
}
for (let i = 0; i < 8000; i++) numbers.push(pad(random(1e6), 6) + pad(random(1e5), 5));

const ours = spawnSync(process.argv[2], { input: numbers.join("\n") + "\n", encoding: "utf8" });
assert.equal(ours.status, 0, ours.stderr);
const lines = ours.stdout.trimEnd().split("\n");
assert.equal(lines.length, numbers.length);

const kinds = { fnr: "fnr", dnr: "dnr", hnr: "hnr", tnr: "fnr", "dnr-and-tnr": "dnr", "dnr-and-hnr": "hnr" };
const seen = { navikt: 0, naviktValid: 0, only2032: 0, nnin: 0, nninValid: 0, fhnr: 0 };
const differences = [];
const compare = (who, number, theirs, mine, line) => {
  if (theirs !== mine) differences.push(`${who}: ${number} theirs ${theirs}, ours ${mine} (${line})`);
};

numbers.forEach((number, i) => {
  const [kind, origin, date, legacy, rule2032] = lines[i].split(" ");
  const month = Number(number.slice(2, 4));
  if (kind !== "fhnr" && !(month > 65 && month <= 77)) {
    const theirs = navikt.idnr(number);
    const mine = date === "date" && rule2032 === "2032";
    compare("navikt", number, theirs.status === "valid", mine, lines[i]);
    seen.navikt++;
    if (mine) {
      seen.naviktValid++;
      if (legacy !== "legacy") seen.only2032++;
      compare("navikt kind", number, kinds[theirs.type], kind, lines[i]);
      compare("navikt synthetic", number, theirs.type.endsWith("tnr"), origin === "synthetic", lines[i]);
    }
  }
  const leapDay = ["290200", "294200", "690200"].includes(number.slice(0, 6));
  const knownCentury = Number(number.slice(6, 9)) < 500 && !leapDay;
  const dnrAndHnr = kind === "hnr" && Number(number[0]) >= 4; // it knows no such series
  if (kind === "fhnr" || (knownCentury && origin === "real" && !dnrAndHnr)) {
    const mine = legacy === "legacy" && (kind === "fhnr" || date === "date");
    const theirs = nnin.NorwegianId(number);
    compare("nnin", number, theirs.isValid(), mine, lines[i]);
    seen.nnin++;
    if (mine) {
      seen.nninValid++;
      if (kind === "fhnr") seen.fhnr++;
      compare("nnin kind", number, theirs.isFhNumber() ? "fhnr" : theirs.isDNumber() ? "dnr" : theirs.isHNumber() ? "hnr" : "fnr", kind, lines[i]);
    }
  }
});

console.log(JSON.stringify(seen));
assert.deepEqual(differences.slice(0, 20), []);
// The comparison is only worth something when it met every kind of number.
for (const [what, least] of Object.entries({ navikt: 15000, naviktValid: 3000, only2032: 1000, nnin: 5000, nninValid: 800, fhnr: 100 }))
  assert.ok(seen[what] >= least, `${what}: only ${seen[what]}`);
