/** The door by which other commands reach the process of a world that is up. */
import path from 'node:path';
import { rmSync } from '../../base/disk/disk.ts';
import { type ErrorCode, HarnessError, messageOf } from '../../base/errors.ts';
import { type JsonAsk, serveJson } from '../../base/json-socket.ts';
import { packageVersion } from '../../base/package-root.ts';
import { redact } from '../../base/redact.ts';
import type { FaultInForce, FaultsInForce } from '../../faults/in-force.ts';
import { makeOwnFolder, TOOLS_PREFIX } from '../../process/temporary-folders.ts';
import { clearingAsked, type FaultTold, faultAsked, PROTOCOL, PROTOCOL_HEADER } from './control-protocol.ts';
import type { UpPaths } from './paths.ts';

/** Longer paths do not fit into the address of a Unix socket: 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH_BYTES = 100;

/** An open door; disposal closes it. */
export interface Control extends AsyncDisposable {
  /** The path of the socket. */
  readonly socket: string;
}

/**
 * Opens the door: a socket that only this user can open, in a folder that only this user can enter.
 * @param now - milliseconds since the epoch, of the world's clock
 */
export async function openControl(
  { control }: UpPaths,
  faults: FaultsInForce,
  now: () => number,
): Promise<Control> {
  const isShort = Buffer.byteLength(control) <= MAX_SOCKET_PATH_BYTES;
  const folder = isShort ? undefined : makeOwnFolder(TOOLS_PREFIX);
  const socket = folder === undefined ? control : path.join(folder, 'control.sock');
  const headers = { [PROTOCOL_HEADER]: PROTOCOL };
  const served = await serveJson(socket, async (ask, gone) => {
    try {
      const told = await answer(ask, faults, gone);
      return { status: 200, headers, body: { faults: told.map(each => tell(each, now())) } };
    } catch (error) {
      const status = error instanceof HarnessError ? 400 : 500;
      return { status, headers, body: { error: refusalOf(error), version: packageVersion() } };
    }
  });
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Does what is asked. @returns the faults in force, or those that were begun or cleared */
async function answer(
  { method, path: asked, headers, body }: JsonAsk,
  faults: FaultsInForce,
  gone: AbortSignal,
): Promise<readonly FaultInForce[]> {
  const spoken = headers[PROTOCOL_HEADER];
  if (spoken !== PROTOCOL)
    throw new HarnessError(
      'ERR_USAGE',
      `The process of these clusters, mesh-harness ${packageVersion()}, understands protocol ${PROTOCOL}, ` +
        `and was asked in ${spoken ?? 'none'}.`,
      { hint: 'Use the release of mesh-harness that has brought the clusters up.' },
    );
  const words = `${method} ${asked}`;
  if (words === 'GET /faults') return faults.list();
  if (words === 'POST /faults') {
    const { fault, values } = faultAsked.parse(body);
    return [await faults.begin(fault, values, gone)];
  }
  if (words === 'POST /faults/clear') {
    const { id } = clearingAsked.parse(body);
    const before = faults.list();
    await (id === undefined ? faults.clearAll() : faults.clear(id));
    return id === undefined ? before : before.filter(each => each.id === id);
  }
  throw new HarnessError('ERR_USAGE', `The process of these clusters does not know ${words}.`);
}

function tell({ id, fault, values, what, sinceMs, met }: FaultInForce, nowMs: number): FaultTold {
  return {
    ...{ id, fault, what, seconds: Math.round((nowMs - sinceMs) / 1000) },
    values: values as Readonly<Record<string, string>>, // undefined ones are left out
    ...(met !== undefined && { met }),
  };
}

function refusalOf(error: unknown): { code: ErrorCode; message: string; hint?: string } {
  const all = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
  const hint = error instanceof HarnessError ? error.hint : undefined;
  return {
    code: error instanceof HarnessError ? error.code : 'ERR_KUBERNETES_API',
    message: redact(all),
    ...(hint !== undefined && { hint: redact(hint) }),
  };
}
