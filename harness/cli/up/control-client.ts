/** Asks the process of a world that is up. */
import { codeOf, ERROR_CODES, type ErrorCode, HarnessError, messageOf } from '../../base/errors.ts';
import { askJson, type JsonAnswer } from '../../base/json-socket.ts';
import { type FaultTold, faultsTold, PROTOCOL, PROTOCOL_HEADER, refusalTold } from './control-protocol.ts';
import type { UpPaths } from './paths.ts';
import { readState, type UpState } from './state.ts';
import { livingOwners } from './state-folder.ts';

/** What is asked: a path of the protocol, and a body for those that change something. */
type Asked =
  | { readonly path: 'GET /faults' }
  | {
      readonly path: 'POST /faults';
      readonly body: { readonly fault: string; readonly values: Readonly<Record<string, string>> };
    }
  | { readonly path: 'POST /faults/clear'; readonly body: { readonly id?: string } };

/**
 * Finds the world that is up, ready to be asked.
 * @throws HarnessError ERR_USAGE if none is up, its process has gone, it is not ready, or it is of another
 *   release
 */
export function worldToAsk(paths: UpPaths): { readonly state: UpState; readonly socket: string } {
  const found = readState(paths);
  if (!found) {
    const [owner] = livingOwners(paths);
    throw owner
      ? new HarnessError('ERR_USAGE', `The clusters of process ${owner.pid} are not there yet.`, {
          hint: 'mesh-harness status tells when they are.',
        })
      : new HarnessError('ERR_USAGE', 'No clusters are up.', {
          hint: 'mesh-harness up SCENARIO --detach brings some up; --state-dir names others.',
        });
  }
  const { state, alive } = found;
  const { scenario, owner, phase, control } = state;
  if (!alive)
    throw new HarnessError('ERR_USAGE', `${scenario} was up; its process ${owner.pid} is gone.`, {
      hint: 'mesh-harness down removes what it left; mesh-harness up brings it up anew.',
    });
  if (phase === 'starting')
    throw new HarnessError('ERR_USAGE', `${scenario} is still coming up (process ${owner.pid}).`, {
      hint: 'mesh-harness status tells when it is up.',
    });
  if (control === undefined)
    throw new HarnessError('ERR_USAGE', `${scenario} was brought up by a release that takes no faults.`, {
      hint: 'mesh-harness down, and then mesh-harness up, brings it up with this one.',
    });
  return { state, socket: control };
}

/**
 * Asks for faults, or to begin or clear some.
 * @returns the faults in force; those that were begun or cleared
 * @throws HarnessError what the process says, or why it says nothing; the signal's reason
 */
export async function askWorld(
  socket: string,
  asked: Asked,
  signal: AbortSignal,
): Promise<readonly FaultTold[]> {
  const [method = '', path = ''] = asked.path.split(' ');
  const headers = { [PROTOCOL_HEADER]: PROTOCOL };
  let answer: JsonAnswer;
  try {
    answer = await askJson(
      socket,
      { method, path, headers, ...('body' in asked && { body: asked.body }) },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    throw noAnswer(socket, error);
  }
  const spoken = answer.headers[PROTOCOL_HEADER];
  if (spoken === PROTOCOL) return read(answer.body);
  throw new HarnessError('ERR_USAGE', `The process of these clusters answers in protocol ${spoken ?? '?'}.`, {
    hint: `This release understands ${PROTOCOL}: use the one that has brought the clusters up.`,
  });
}

function noAnswer(socket: string, error: unknown): HarnessError {
  const ended = ['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes(codeOf(error));
  return new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `The process of the clusters does not answer at ${socket}: ${messageOf(error)}`,
    {
      hint: `${ended ? 'It has ended, or ends. ' : ''}mesh-harness status tells what is up.`,
      cause: error,
    },
  );
}

function read(data: unknown): readonly FaultTold[] {
  const refused = refusalTold.safeParse(data);
  if (!refused.success) return faultsTold.parse(data).faults;
  const { code, message, hint } = refused.data.error;
  const known: ErrorCode = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'ERR_KUBERNETES_API';
  throw new HarnessError(known, message, hint === undefined ? {} : { hint });
}
