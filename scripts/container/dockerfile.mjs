// A Dockerfile as stages of steps, as far as this project's goes. What it does not know it refuses.

const KNOWN = ["FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"];

/** Stages in order: their bases and names, their steps, and what the last lines say of the image. */
export function parseDockerfile(text) {
  const stages = [];
  for (const line of linesOf(text)) {
    const [, name, rest] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (!KNOWN.includes(name)) throw new Error(`The Dockerfile says "${line}": ${KNOWN.join(", ")} are known`);
    const { flags, words } = wordsOf(rest);
    const stage = stages.at(-1);
    if (name === "FROM")
      stages.push({ from: words[0], name: words[2], steps: [], workdir: "/", user: "root", entry: [] });
    else if (stage === undefined) throw new Error(`The Dockerfile says "${line}" before FROM`);
    else if (name === "USER") stage.user = words[0];
    else if (name === "ENTRYPOINT") stage.entry = JSON.parse(rest);
    else if (name !== "CMD") {
      if (name === "WORKDIR") stage.workdir = words[0];
      const text = name === "RUN" ? rest : words.join(" ");
      stage.steps.push({ name, text, words, flags, cwd: stage.workdir, user: stage.user });
    }
  }
  return stages;
}

/** Instructions: comments left out, continued lines joined. */
function linesOf(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\s*#/.test(line));
  return lines
    .join("\n")
    .replaceAll(/\\\n/g, "")
    .split("\n")
    .map((line) => line.trim());
}

function wordsOf(text) {
  const all = text.split(/\s+/);
  const flags = Object.fromEntries(all.flatMap((word) => [/^--([a-z]+)=(.*)$/.exec(word)?.slice(1)].filter(Boolean)));
  return { flags, words: all.filter((word) => !/^--[a-z]+=/.test(word)) };
}
