/** Pulls an image onto this machine by the docker command, which has the credentials of its user. */
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { shortOutput } from '../../base/telling-lines.ts';
import { runProcess } from '../../process/run.ts';

const PULL_MS = 30 * 60_000;

/**
 * Pulls an image.
 * @param command - path of docker
 * @throws HarnessError ERR_PLATFORM_NOT_READY with the line to paste
 */
export async function pullByCommand(command: string, reference: string, signal: AbortSignal): Promise<void> {
  const argv = ['pull', '--quiet', reference];
  const result = await runProcess(command, argv, { timeoutMs: PULL_MS, signal });
  signal.throwIfAborted();
  if (result.exitCode === 0 && result.fault === undefined) return;
  const how =
    result.fault === undefined
      ? `ended with exit code ${result.exitCode}`
      : `did not end well (${result.fault})`;
  const line = quoteArgv([command, ...argv]);
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    redact(`The image ${reference} cannot be pulled: ${line} ${how}: ${shortOutput(result.stderr)}`),
    { hint: 'docker login has credentials for a private registry; docker load brings an image without one.' },
  );
}
