// Loads a bundled handler as Lambda does, invokes it once, and prints the cost. With a number of turns, it then invokes the handler that
// many times and prints the mean cost of a turn.
const [, , handlerFile, eventFile, turns = '0'] = process.argv;

// The cost of this process up to now: CPU and wall time in milliseconds, and peak memory in megabytes.
const cost = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpu: (userCPUTime + systemCPUTime) / 1000,
    wall: Date.now() - Number(process.env.STARTED_AT),
    memory: maxRSS / 1000,
  };
};

// The mean cost of a turn.
const costOfTurn = (before, after, turns) => ({
  cpu: (after.cpu - before.cpu) / turns,
  wall: (after.wall - before.wall) / turns,
  memory: after.memory,
});

const report = (cost) => {
  require('node:fs').writeSync(1, JSON.stringify(cost));
  process.exit();
};

// In Lambda, the log does not go to standard output.
console.info = () => {};
const { handler } = require(handlerFile);
const event = JSON.parse(require('node:fs').readFileSync(eventFile, 'utf8'));
const context = { getRemainingTimeInMillis: () => 60_000 };

(async () => {
  await handler(event, context);
  const first = cost();
  if (turns === '0') report(first);
  for (let turn = 0; turn < Number(turns); turn += 1) await handler(event, context);
  report(costOfTurn(first, cost(), Number(turns)));
})();
