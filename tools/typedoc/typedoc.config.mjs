// What typedoc reads and writes: the package's public entry points, made into docs/api/.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Converter, ReflectionKind } from "typedoc";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { exports, version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const built = Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]));

/** Names each module as it is imported: datadam/nn for src/nn. */
function importNames(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      module.name = module.name.replace(/^src/, "datadam");
  });
}

export default {
  plugin: [importNames],
  name: `datadam ${version}`,
  basePath: root,
  entryPoints: built.map((path) => path.replace(/^\.\/dist\//, `${root}src/`).replace(/\.js$/, ".ts")),
  tsconfig: `${root}tsconfig.build.json`,
  out: `${root}docs/api`,
  readme: "none",
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  githubPages: false,
};
