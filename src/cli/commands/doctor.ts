import { doctorPorts } from '../../aws/deployment.js';
import { identityOf, openSession } from '../../aws/session.js';
import { isInterruption } from '../../core/errors.js';
import type { ExitCode } from '../../core/report.js';
import { diagnose } from '../../doctor/diagnose.js';
import { type RawLiveOptions, sessionOptionsIn } from '../command-options.js';
import {
  createDoctorReport,
  DOCTOR_FORMATS,
  doctorExitCode,
  renderDoctorJson,
  renderDoctorText,
} from '../doctor-report.js';
import { isAwsError } from '../remediation/account.js';
import { QUIET, traceOn } from '../scan-progress.js';
import { layoutFor, type Terminal, withInterrupt } from '../terminal.js';
import { parseChoice, UsageError } from '../usage-error.js';

/** The options of `doctor`, as commander returns them. */
export type RawDoctorOptions = RawLiveOptions & { readonly format: string };

/**
 * Checks the deployment of Trailkey in the account and Region of the caller, and prints a report.
 *
 * @throws UsageError if the command line is not valid, AWS rejects the credentials, or on Ctrl-C
 */
export const doctor = async (raw: RawDoctorOptions, terminal: Terminal): Promise<ExitCode> => {
  const format = parseChoice('--format', raw.format, DOCTOR_FORMATS);
  const selected = sessionOptionsIn(raw);
  try {
    return await withInterrupt(terminal, async (signal) => {
      const observer = raw.debug ? traceOn(terminal) : QUIET;
      const session = await openSession({ ...selected, env: terminal.env, signal, observer });
      const identity = await identityOf(session);
      const diagnosis = await diagnose(doctorPorts(session, identity, terminal.now));
      const report = createDoctorReport(diagnosis, {
        identity,
        region: session.region,
        checkedAt: terminal.now(),
      });
      const pieces =
        format === 'json' ? [renderDoctorJson(report)] : renderDoctorText(report, layoutFor(terminal));
      for (const piece of pieces) terminal.stdout.write(piece);
      return doctorExitCode(report);
    });
  } catch (error) {
    if (isInterruption(error)) throw new UsageError('Interrupted. Nothing was reported.', { cause: error });
    if (isAwsError(error)) throw new UsageError(`Nothing was checked: ${error.message}`, { cause: error });
    throw error;
  }
};
