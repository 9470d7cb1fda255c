#!/usr/bin/env node
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { runCommandLine } from './command-line.js';

// Whoever reads the report may stop early (`| head`): then there is nobody left to write to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.stderr.write(`trailkey: The report cannot be printed: ${error.message}\n`);
  process.exit(2);
});
// Where even that cannot be said, the exit code still tells.
process.stderr.on('error', () => process.exit(2));

// Said before the SDK is loaded: what it thinks of this Node.js helps nobody here.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  // That somebody interrupted is seen in the signal.
  pause: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  onInterrupt: (callback) => {
    process.once('SIGINT', callback);
    return () => process.off('SIGINT', callback);
  },
});
