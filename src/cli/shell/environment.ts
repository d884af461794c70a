// Variables of the environment that are meant for this program, and are unknown to it.

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "DATADAM_";
/** Those that are no settings; the last two are of the tests. */
const OTHERS = ["PROGRESS", "CACHE", "DATA", "PLACES", "TEST_DATA", "GOLDEN"];

/** A line for each variable that nothing reads, with the one that was meant where it is near. */
export async function environmentWarnings(environment: Environment): Promise<string[]> {
  const names = Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && environment[name] !== "")
    .map((name) => name.slice(PREFIX.length));
  const rest = names.filter((name) => !OTHERS.includes(name)).sort();
  // The settings are heavy to import: help and small commands do without.
  if (rest.length === 0) return [];
  const { settingVariables } = await import("../settings.ts");
  const { nearest } = await import("../../distill/config/index.ts");
  const known = [...OTHERS.slice(0, 4), ...settingVariables().map((name) => name.slice(PREFIX.length))];
  return rest
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const meant = near === undefined ? "" : `; did you mean ${PREFIX}${near}?`;
      return `${PREFIX}${name} in the environment is unknown and has no effect${meant}`;
    });
}
