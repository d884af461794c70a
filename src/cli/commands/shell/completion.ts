// `datadam completion SHELL`: words that a shell completes.

import { command } from "../../command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export const completionCommand = command({
  name: "completion",
  summary: "print what makes a shell complete the words of datadam",
  argument: ["<shell>", `${SHELLS.join(", ")}; or words, by which their scripts ask for what may stand next`],
  second: ["[words...]", "of the command line, after --; the last is the one that is being typed"],
  options: {},
  examples: [
    ['eval "$(datadam completion bash)"', "in ~/.bashrc; zsh alike"],
    ["datadam completion fish | source", "in config.fish"],
  ],
  async run(_flags, ui, [shell, ...words], program) {
    const { candidates, SCRIPTS } = await import("../../shell/completion.ts");
    if (shell === "words") {
      const found = candidates(program, words);
      const lines = found.map(({ word, about }) => (about === "" ? word : `${word}\t${about}`));
      if (ui.json || lines.length > 0) ui.result(lines.join("\n"), found);
      return;
    }
    if (!Object.hasOwn(SCRIPTS, shell!)) {
      const { DatadamError } = await import("../../../errors.ts");
      throw new DatadamError("INVALID_OPTION", `there is no script for the shell ${JSON.stringify(shell)}`, {
        hint: `datadam completion ${SHELLS.join("|")}`,
      });
    }
    const script = SCRIPTS[shell as keyof typeof SCRIPTS];
    ui.result(script.trimEnd(), { shell, script });
  },
});
