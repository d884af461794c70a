// Completion of words for shells. The scripts ask the program itself each time, so that they are never out of date.

import type { Command, Option } from "commander";

/** A word that may stand next, and what it means. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/**
 * Words that may stand where the last one does.
 *
 * @param words after `datadam`; the last is the one that is being typed, perhaps empty.
 * @returns none where the shell should offer files.
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  let command = program;
  let awaiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (awaiting !== undefined) awaiting = undefined;
    else if (word.startsWith("-")) awaiting = optionOf(command, word);
    else command = command.commands.find((one) => one.name() === word) ?? command;
  }
  const typed = words.at(-1) ?? "";
  const fits = ({ word }: Candidate): boolean => word.startsWith(typed);
  if (awaiting !== undefined) return choicesOf(awaiting.argChoices).filter(fits);
  if (typed.startsWith("-")) return optionsOf(command).filter(fits);
  const inside = command.commands.map((one) => ({ word: one.name(), about: one.description() }));
  const named = choicesOf(command.registeredArguments[0]?.argChoices);
  return [...inside, ...named].filter(fits);
}

/** The option of a word, where a value of its own stands after it. */
function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find((option) => (option.long === word || option.short === word) && option.required);
}

function choicesOf(choices: readonly string[] | undefined): Candidate[] {
  return (choices ?? []).map((word) => ({ word, about: "" }));
}

function optionsOf(command: Command): Candidate[] {
  return [
    ...command.options
      .filter(({ hidden, long }) => !hidden && long)
      .map(({ long, description }) => ({ word: long!, about: description })),
    { word: "--help", about: "show help" },
  ];
}

/** What a shell runs to complete words: lines of a word, a tab, and what it means. */
const ASK = "datadam completion words --";

/** Scripts by shell. Where nothing is offered, files are. */
export const SCRIPTS = {
  bash: `# datadam completion bash; in ~/.bashrc: eval "$(datadam completion bash)"
_datadam() {
  local IFS=$'\\n'
  COMPREPLY=($(${ASK} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _datadam datadam
`,
  zsh: `#compdef datadam
# datadam completion zsh; in ~/.zshrc, after compinit: eval "$(datadam completion zsh)"
_datadam() {
  local word about
  local -a found
  while IFS=$'\\t' read -r word about; do
    found+=("\${word//:/\\\\:}:$about")
  done < <(${ASK} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#found )); then _describe datadam found; else _files; fi
}
compdef _datadam datadam
`,
  fish: `# datadam completion fish; in ~/.config/fish/config.fish: datadam completion fish | source
function __datadam_words
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    ${ASK} $before[2..] "$typed" 2>/dev/null
end
complete -c datadam -f -a '(__datadam_words)'
complete -c datadam -n 'test -z "$(__datadam_words)"' -F
`,
} as const;
