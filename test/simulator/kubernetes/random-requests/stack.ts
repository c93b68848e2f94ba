/** Where a process is busy that answers no more: its call stack, by Node's inspector. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import WebSocket from 'ws';

interface Message {
  readonly method?: string;
  readonly params?: {
    readonly callFrames?: readonly {
      readonly functionName: string;
      readonly url: string;
      readonly location: { readonly lineNumber: number };
    }[];
  };
}

const FRAMES = 25;
const DEADLINE_MS = 20_000;

/**
 * Stops the process where it is; it stays stopped.
 * @param process - started with `--inspect-port=0`
 * @returns its functions, the innermost first; what went wrong where they cannot be had
 */
export async function stackOf(process: {
  kill(signal: 'SIGUSR1'): unknown;
  readonly stderr: Readable | null;
}): Promise<string> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    if (!process.stderr) return 'no standard error to read the address from';
    process.kill('SIGUSR1');
    let address: string | undefined;
    while (address === undefined) {
      const [text] = (await once(process.stderr, 'data', { signal })) as [string];
      address = /ws:\/\/\S+/.exec(text)?.[0];
    }
    const socket = new WebSocket(address);
    await once(socket, 'open', { signal });
    for (const [id, method] of ['Debugger.enable', 'Debugger.pause'].entries())
      socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = (await once(socket, 'message', { signal })) as [Buffer];
      const { method, params } = JSON.parse(String(data)) as Message;
      if (method !== 'Debugger.paused') continue;
      socket.terminate();
      return (params?.callFrames ?? [])
        .slice(0, FRAMES)
        .map(
          ({ functionName, url, location }) =>
            `  ${functionName || '(anonymous)'} ${url}:${location.lineNumber + 1}`,
        )
        .join('\n');
    }
  } catch (error) {
    return `no stack: ${String(error)}`;
  }
}
