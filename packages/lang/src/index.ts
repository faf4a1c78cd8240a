// SPDX-License-Identifier: BSD-3-Clause

export { bloomCalcM, bloomCalcN, bloomCalcP } from "./bloom.js";
export { type Compilation, type CompileOptions, compile, type DefinitionType } from "./compile.js";
export type { Argument, Computation, Node, Place, Value } from "./computation.js";
export { writeDescriptors } from "./descriptor-writer.js";
export { type Diagnostic, type DiagnosticKind, renderDiagnostic, renderDiagnostics } from "./diagnostic.js";
export { type Documentation, documentationOf, documentedNames, nearestDocumented } from "./documentation.js";
export { writeDot } from "./dot.js";
export { type Explanation, explain, type Step } from "./explanation/explanation.js";
export { outcomeText } from "./explanation/outcome-text.js";
export { packetSummary } from "./explanation/packet-summary.js";
export { type Formatted, format } from "./formatter.js";
export * from "./generated/edsl.js";
export { readImage } from "./image-reader.js";
export { writeImage } from "./image-writer.js";
export { readJson, writeJson } from "./json.js";
export { LimitExceeded } from "./limits.js";
export type { FoundModule, ModuleFinder } from "./modules.js";
export { optimise } from "./optimiser.js";
export { declarePrimitive } from "./primitive.js";
export { image, type Program, program } from "./program.js";
export { type Stages, stagesOf } from "./stages.js";
export { type NetFunction, type NetPredicate, type NetProperty, sequence } from "./term.js";
export { writeText } from "./text-writer.js";
export { InvalidComputation, validComputation } from "./validation.js";
