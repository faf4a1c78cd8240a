// SPDX-License-Identifier: BSD-3-Clause

export { cppName } from "./cpp-edsl.js";
export { camelCase } from "./edsl.js";
export * from "./generated/accessors.js";
export { type Operation, operations } from "./operations.js";
export {
	type ArgumentType,
	type Form,
	type FunctionType,
	GROUP_COUNTERS,
	type ListType,
	MAX_ARGUMENTS,
	type Parameter,
	PRIMITIVES_VERSION,
	type Primitive,
	primitives,
	type ScalarType,
	steeringKeys,
	steers,
} from "./primitives.js";
