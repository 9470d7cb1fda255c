// Loads the packaged handler as Lambda does, invokes it with each event that comes on standard input, one a line, and answers on
// standard output, one a line, with null or the error that was thrown. What the handler logs goes to standard error.
const { createInterface } = require('node:readline');
const [, , file] = process.argv;

// Lambda's JSON log format keeps an object that is logged.
for (const level of ['log', 'info', 'warn', 'error']) {
  console[level] = (message) => process.stderr.write(`${JSON.stringify(message)}\n`);
}
const { handler } = require(file);

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await handler(JSON.parse(line), { getRemainingTimeInMillis: () => 60_000 }).then(
      () => null,
      ({ name, message }) => ({ name, message }),
    );
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();
