// `datadam watch [FOLDER]`: a page that shows all runs under a folder as they work.

import { command, value } from "../../command.ts";
import { integer } from "../../parse.ts";

export const watchCommand = command({
  name: "watch",
  summary: "show all runs under a folder, live, on a page for this machine",
  argument: ["[folder]", "where the runs are (default: runs)"],
  options: {
    port: value("<n>", "of the address (default: 4747, or a free one where that is taken)", integer(1)),
    redis: value("<url>", "show the queue of BullMQ there too, such as redis://HOST:6379"),
  },
  examples: [["datadam watch runs", "also runs of other processes, and of other machines on a shared disk"]],
  async run({ port, redis }, ui, [folder]) {
    const { watchFolder } = await import("../../pages/watch.ts");
    await watchFolder(folder ?? "runs", { port, redis }, ui);
  },
});
