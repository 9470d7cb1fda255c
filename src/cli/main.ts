#!/usr/bin/env node
import { relative } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { runCommandLine } from './command-line.js';

/** A reader such as `| head` can close the pipe early, which is not an error. The exit code stays that of the command. */
const CLOSED_PIPE: readonly unknown[] = ['EPIPE', 'ERR_STREAM_DESTROYED'];

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (CLOSED_PIPE.includes(error.code)) return;
  process.stderr.write(`trailkey: Cannot write to standard output: ${error.message}. Check its target.\n`);
  process.exit(2);
});
// If standard error cannot be written either, the exit code still reports the failure.
process.stderr.on('error', () => process.exit(2));

// Set before the SDK is loaded: its warnings about Node.js versions are not for users of a packaged command.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Ctrl-C, and what CI sends to a canceled job. A second signal ends the process at once. */
const INTERRUPT_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The command that npm links, or `node` with the path of the file that was started. */
const programIn = (file = ''): string =>
  file.endsWith('.js') ? `node ${relative(process.cwd(), file)}` : 'trailkey';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  program: programIn(process.argv[1]),
  now: Date.now,
  // An interrupted wait ends early; callers check the signal.
  pause: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
  onInterrupt: (callback) => {
    const removeListeners = () => {
      for (const signal of INTERRUPT_SIGNALS) process.off(signal, interrupt);
    };
    const interrupt = () => {
      removeListeners();
      callback();
    };
    for (const signal of INTERRUPT_SIGNALS) process.on(signal, interrupt);
    return removeListeners;
  },
});
