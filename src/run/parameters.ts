// How a file of a trained network's parameters is called, and what its metadata say.

export const PARAMETERS_FILE = "parameters.safetensors";
/** In the metadata of such a file, beside `network`: its name and options as JSON. */
export const PARAMETERS_FORMAT = "datadam-parameters/1";
