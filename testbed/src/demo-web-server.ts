// SPDX-License-Identifier: BSD-3-Clause
// Answers GET /N with N bytes, on ports 80 and 8080. Prints a line when it listens.
import { once } from "node:events";
import { createServer } from "node:http";

const filling = Buffer.alloc(1 << 20, "PFQ ");

for (const port of [80, 8080]) {
	const server = createServer((request, response) => {
		const asked = Number(request.url?.slice(1));
		response.end(filling.subarray(0, Number.isInteger(asked) ? asked : 0));
	});
	server.listen(port);
	await once(server, "listening");
}
console.log("listening");
