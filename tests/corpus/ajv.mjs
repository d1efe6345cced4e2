// ajv.mjs SCHEMA < a JSON text a line > "valid" or "invalid" a line, by ajv with
// draft 2020-12 and formats asserted. The packages lie in the folder $VARDE_NODE.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.VARDE_NODE}/package.json`);
const Ajv = require("ajv/dist/2020.js").default;
const addFormats = require("ajv-formats").default;

// strict: false lets keywords of our own (x-varde-…) stand; they assert nothing.
const ajv = new Ajv({ strict: false, validateFormats: true });
addFormats(ajv, { mode: "full", formats: ["date", "date-time"] });
const validate = ajv.compile(JSON.parse(readFileSync(process.argv[2], "utf8")));
const lines = readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
console.log(lines.map((line) => (validate(JSON.parse(line)) ? "valid" : "invalid")).join("\n"));
