// What the answers at all steps say: accuracy on what was seen, and forgetting.
import { mean } from "../statistics/index.js";
/** @param steps the answers after each step, in order; later ones have seen all that earlier ones have. */
export function continualMetrics(steps) {
    const accuracies = steps.map((answers) => percent(answers, answers.seen));
    const tasks = steps.map(({ seen }, step) => seen.filter((c) => step === 0 || !steps[step - 1].seen.includes(c)));
    const last = steps.length - 1;
    const losses = tasks.slice(0, last).flatMap((task, first) => {
        if (task.length === 0)
            return [];
        const best = Math.max(...steps.slice(first, last).map((answers) => percent(answers, task)));
        return [best - percent(steps[last], task)];
    });
    return {
        accuracies,
        final: accuracies[last],
        average: mean(accuracies),
        forgetting: losses.length === 0 ? null : mean(losses),
    };
}
function percent({ seen, correct, total }, classes) {
    let [right, all] = [0, 0];
    for (const [place, c] of seen.entries()) {
        if (!classes.includes(c))
            continue;
        right += correct[place];
        all += total[place];
    }
    return (100 * right) / all;
}
//# sourceMappingURL=metrics.js.map