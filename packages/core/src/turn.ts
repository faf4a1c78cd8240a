// SPDX-License-Identifier: BSD-3-Clause

/** For so long (milliseconds) may readers whose queues never run empty keep the event loop from its other work. */
const longestTurn = 2;

let turnBegan = performance.now();

/** Whether this turn of the event loop has been long enough. */
export const turnIsOver = (): boolean => performance.now() - turnBegan > longestTurn;

/** Tells that the event loop has done its other work, so many milliseconds ago. */
export const turnHasBegun = (ago: number): void => {
	turnBegan = performance.now() - ago;
};

/** Resolves when the event loop has done its other work. */
export const nextTurn = (): Promise<void> =>
	new Promise((resolve) => {
		setImmediate(() => {
			turnBegan = performance.now();
			resolve();
		});
	});
