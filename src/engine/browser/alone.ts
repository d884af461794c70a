// Training where threads share no memory: gradients are summed, and steps made, on the side that has the parameters.
// The worker runs programs.

import { revive, serialize } from "../pool/answer.ts";
import type { OpenChannel } from "../pool/channel.ts";
import type { Outputs, Reply, Request, Target } from "../protocol.ts";
import { Workspaces } from "../training/workspace.ts";
import type { DType, Program } from "../types.ts";

type Training = Extract<Request, { kind: "gradients" | "descend" }>;

/** A channel whose host is sent no memory to share. */
export function alone(open: OpenChannel): OpenChannel {
  return (listener) => {
    const workspaces = new Workspaces();
    const programs = new Map<string, Program<DType>>();
    const sent = new Set<string>();
    /** Runs of this side, by numbers that tasks do not have. */
    const runs = new Map<number, (reply: Reply) => void>();
    let last = 0;
    /** Tasks follow each other: they share workspaces. */
    let queue: Promise<void> = Promise.resolve();
    const channel = open({
      onReply(reply) {
        const answer = runs.get(reply.id);
        if (answer === undefined) return listener.onReply(reply);
        runs.delete(reply.id);
        answer(reply);
      },
      onEnd: (error) => listener.onEnd(error),
    });
    /** With the program's source where the host has not had it. */
    const complete = (target: Target): Target => {
      const { program, source, ...rest } = target;
      if (source !== undefined) programs.set(program, source);
      if (sent.has(program)) return { program, ...rest };
      sent.add(program);
      return { program, ...rest, source: programs.get(program)! };
    };
    const run = (target: Target, feeds: Outputs, into: Outputs): Promise<void> =>
      new Promise((resolve, reject) => {
        last -= 1;
        runs.set(last, (reply) => {
          if ("error" in reply) return reject(revive(reply.error));
          for (const [name, data] of Object.entries(reply.outputs)) into[name].set(data);
          resolve();
        });
        channel.post({ kind: "run", id: last, target: complete(target), feeds: owned(feeds) });
      });
    const train = async (request: Training): Promise<Reply> => {
      const { id } = request;
      try {
        if (request.kind === "descend") workspaces.descend(request.task);
        else {
          const { target, task } = request;
          const program = programs.get(target.program)!;
          const finish = await workspaces.gradients(program, task, (feeds, into) => run(target, feeds, into));
          finish?.();
        }
        return { id, outputs: {}, held: undefined };
      } catch (error) {
        return { id, error: serialize(error) };
      }
    };
    return {
      ...channel,
      post(request) {
        if (request.kind === "gradients" || request.kind === "descend") {
          if (request.kind === "gradients" && request.target.source !== undefined) {
            programs.set(request.target.program, request.target.source);
          }
          queue = queue.then(async () => listener.onReply(await train(request)));
        } else if ("target" in request) channel.post({ ...request, target: complete(request.target) });
        else channel.post(request);
      },
    };
  };
}

/** Copies: a message would take along the whole memory of which these are parts. */
function owned(feeds: Outputs): Outputs {
  return Object.fromEntries(Object.entries(feeds).map(([name, data]) => [name, data.slice()]));
}
