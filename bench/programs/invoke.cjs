// Loads a bundled handler as Lambda does, invokes it once, and tells what that took; or so many times more, and what each took.
const [, , handlerFile, eventFile, turns = '0'] = process.argv;

// Tells what this process took until now: CPU and wall time in milliseconds, and the most memory in megabytes.
const cost = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpu: (userCPUTime + systemCPUTime) / 1000,
    wall: Date.now() - Number(process.env.STARTED_AT),
    memory: maxRSS / 1000,
  };
};

// The cost of one of some more turns.
const costOfTurn = (before, after, turns) => ({
  cpu: (after.cpu - before.cpu) / turns,
  wall: (after.wall - before.wall) / turns,
  memory: after.memory,
});

const tell = (cost) => {
  require('node:fs').writeSync(1, JSON.stringify(cost));
  process.exit();
};

// Lambda writes the log elsewhere.
console.info = () => {};
const { handler } = require(handlerFile);
const event = JSON.parse(require('node:fs').readFileSync(eventFile, 'utf8'));
const context = { getRemainingTimeInMillis: () => 60_000 };

(async () => {
  await handler(event, context);
  const first = cost();
  if (turns === '0') tell(first);
  for (let turn = 0; turn < Number(turns); turn += 1) await handler(event, context);
  tell(costOfTurn(first, cost(), Number(turns)));
})();
