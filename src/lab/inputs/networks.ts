// The networks that a job names: one row each.

export { type NetworkNames, networkTitle as titleOf, planNetworks } from "../../evaluate/index.ts";
