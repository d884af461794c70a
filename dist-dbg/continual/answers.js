// How well a fresh network does that has seen nothing but a memory.
import { countCorrect, fitNetwork } from "../evaluate/index.js";
import { classIndices, takeClasses, takeImages } from "../images/index.js";
/** Trains a fresh network on the memory (labels numbered by order of coming) and tests it on the images of the classes seen. */
export async function answer(memory, { test, network, key, signal, ...options }) {
    const { seen, images } = memory;
    const places = new Map(seen.map((c, place) => [c, place]));
    const labels = Uint16Array.from(memory.labels, (label) => places.get(label));
    const training = { images, labels, shape: test.shape };
    const trainer = await fitNetwork(network(seen.length), () => training, { ...options, key, signal });
    const known = takeClasses(test, seen);
    const members = classIndices(known.labels, seen.length);
    const correct = [];
    for (const own of members)
        correct.push(await countCorrect(trainer, takeImages(known, own), signal));
    return { seen, correct, total: members.map((own) => own.length) };
}
//# sourceMappingURL=answers.js.map