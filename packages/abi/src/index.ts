// SPDX-License-Identifier: BSD-3-Clause
export * from './generated/accessors.js'
export { camelCase } from './edsl.js'
export { type Operation, operations } from './operations.js'
export {
	type ArgumentType,
	type Form,
	type FunctionType,
	GROUP_COUNTERS,
	type ListType,
	MAX_ARGUMENTS,
	type Parameter,
	type Primitive,
	PRIMITIVES_VERSION,
	primitives,
	type ScalarType,
} from './primitives.js'
