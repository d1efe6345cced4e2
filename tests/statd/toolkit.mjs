// Reads datasets with npm jsonstat-toolkit, as a dashboard would, and prints every cell.
// stdin: a JSON array of datasets; stdout: for each, [[codes…, value, status]…].
import JSONstat from "jsonstat-toolkit";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const out = JSON.parse(Buffer.concat(chunks).toString()).map((document) => {
  const dataset = JSONstat(document);
  if (dataset.class !== "dataset") throw new Error("not read as a dataset");
  const ids = dataset.id;
  const rows = [];
  const walk = (place) => {
    if (place.length === ids.length) {
      const cell = dataset.Data(place);
      rows.push([...place.map((at, i) => dataset.Dimension(ids[i]).id[at]), cell.value, cell.status ?? null]);
      return;
    }
    for (let i = 0; i < dataset.Dimension(ids[place.length]).length; i++) walk([...place, i]);
  };
  walk([]);
  return rows;
});
process.stdout.write(JSON.stringify(out));
