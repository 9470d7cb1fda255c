// Loads the packaged handler as Lambda does and invokes it with each event that comes on standard input, one a line. Answers on standard
// output, one a line, with the error that was thrown, if any, the heap in use once the garbage is collected, and the warnings of
// Node.js since the last answer.
const { createInterface } = require('node:readline');
const [, , file] = process.argv;

for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};
const { handler } = require(file);

let warnings = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const error = await handler(JSON.parse(line), { getRemainingTimeInMillis: () => 60_000 }).then(
      () => null,
      ({ name, message }) => ({ name, message }),
    );
    globalThis.gc();
    process.stdout.write(`${JSON.stringify({ error, heap: process.memoryUsage().heapUsed, warnings })}\n`);
    warnings = [];
  }
})();
