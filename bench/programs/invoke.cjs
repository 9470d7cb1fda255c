// Loads the packaged handler as Lambda does, invokes it once, and tells what that took; or so many times more, and what each took.
const { cost, costOfTurn, tell } = require('./cost.cjs');
const [, , handlerFile, eventFile, turns = '0'] = process.argv;

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
