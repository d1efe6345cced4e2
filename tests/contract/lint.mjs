// openapi.yaml against the published schema of OpenAPI 3.1, and against the
// rules of a linter: references, path parameters, examples, what is unused.
import { Validator } from "@seriousme/openapi-schema-validator";
import { createConfig, formatProblems, lint } from "@redocly/openapi-core";

const file = process.argv[2];
const verdict = await new Validator().validate(file);
const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    "info-license": "off", // the contract follows the project's
    "operation-4xx-response": "error",
    "operation-operationId-unique": "error",
    "no-unused-components": "error",
    "no-invalid-media-type-examples": "error",
    "no-invalid-schema-examples": "error",
    "no-invalid-parameter-examples": "error",
    "operation-tag-defined": "error",
    "tag-description": "error",
    "no-server-example.com": "off", // the demonstration's name; an installation has its own
    "path-declaration-must-exist": "error",
    "no-identical-paths": "error",
    "parameter-description": "off", // name and schema say it
  },
});
const problems = await lint({ ref: file, config });
if (!verdict.valid) console.error(JSON.stringify(verdict.errors, null, 1));
if (problems.length) formatProblems(problems, { format: "stylish", totals: { errors: problems.length, warnings: 0, ignored: 0 } });
const fine = verdict.valid && problems.length === 0;
console.log(fine ? "OpenAPI 3.1, no remarks" : `${problems.length} remarks`);
process.exit(fine ? 0 : 1);
