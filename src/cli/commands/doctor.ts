// `datadam doctor`: what is here, what is missing, and why.

import { command } from "../command.ts";

export const doctorCommand = command({
  name: "doctor",
  summary: "what is here, what is missing, and why",
  options: {},
  async run(_flags, ui) {
    const { examine } = await import("../jobs/doctor.ts");
    await examine(ui);
  },
});
