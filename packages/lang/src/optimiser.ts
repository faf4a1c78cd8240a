// SPDX-License-Identifier: BSD-3-Clause
import type { Computation } from "./computation.js";

export const optimise = (computation: Computation): Computation => computation;
