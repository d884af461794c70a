import { Command } from "commander";
import { type CommonFlags } from "./ui.ts";
/** Runs the command line. Returns the exit code. */
export declare function main(words: readonly string[]): Promise<number>;
/** The commands, for `main` and for the generated page of docs. */
export declare function createProgram(onFlags?: (flags: CommonFlags) => void): Command;
//# sourceMappingURL=program.d.ts.map