// SPDX-License-Identifier: BSD-3-Clause

/** A word of a shell's command line. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
