// SPDX-License-Identifier: BSD-3-Clause

/**
 * The items in an order in which each comes after those that it needs, as groups that need each other (Tarjan's strongly
 * connected components, without recursion).
 */
export const dependencyOrder = <T>(items: readonly T[], needs: (item: T) => Iterable<T>): T[][] => {
	const groups: T[][] = [];
	const numbers = new Map<T, { readonly index: number; low: number; done: boolean }>();
	const open: T[] = [];
	interface Frame {
		readonly item: T;
		readonly ahead: Iterator<T>;
	}
	const stack: Frame[] = [];
	const enter = (item: T): void => {
		numbers.set(item, { index: numbers.size, low: numbers.size, done: false });
		open.push(item);
		stack.push({ item, ahead: needs(item)[Symbol.iterator]() });
	};
	const leave = (item: T): void => {
		const own = numbers.get(item);
		if (own === undefined || own.low !== own.index) return;
		const group = open.splice(open.lastIndexOf(item));
		for (const each of group) {
			const member = numbers.get(each);
			if (member) member.done = true;
		}
		groups.push(group);
	};
	for (const item of items) {
		if (numbers.has(item)) continue;
		enter(item);
		for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
			const own = numbers.get(top.item) as { index: number; low: number };
			const { value, done } = top.ahead.next();
			if (done) {
				stack.pop();
				leave(top.item);
				const below = stack.at(-1);
				const user = below && numbers.get(below.item);
				if (user) user.low = Math.min(user.low, own.low);
				continue;
			}
			const other = numbers.get(value);
			if (other === undefined) enter(value);
			else if (!other.done) own.low = Math.min(own.low, other.index);
		}
	}
	return groups;
};

/** The shortest way from an item back to itself, within a group that needs itself. */
export const cycleThrough = <T>(start: T, group: readonly T[], needs: (item: T) => Iterable<T>): T[] => {
	const members = new Set(group);
	const cameFrom = new Map<T, T>();
	const queue = [start];
	for (const item of queue)
		for (const needed of needs(item)) {
			if (!members.has(needed)) continue;
			if (needed === start) {
				const way = [item];
				for (let each = item; each !== start; way.push(each)) each = cameFrom.get(each) as T;
				return way.reverse();
			}
			if (cameFrom.has(needed)) continue;
			cameFrom.set(needed, item);
			queue.push(needed);
		}
	return [start];
};
