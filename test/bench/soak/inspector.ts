/** The heap of another Node process, by its inspector. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const DEADLINE_MS = 60_000;

interface Answer {
  readonly id?: number;
  readonly result?: { readonly usedSize?: number };
}

/**
 * Has a process listen for debuggers.
 * @param pid - started with `--inspect-port=0`
 * @param log - the file that its standard error goes to
 * @returns the address
 * @throws Error if it does not say one within ten seconds
 */
export async function openInspector(pid: number, log: string): Promise<string> {
  process.kill(pid, 'SIGUSR1');
  for (let tries = 0; tries < 100; tries++) {
    const address = /ws:\/\/\S+/.exec(readFileSync(log, 'utf8'))?.[0];
    if (address !== undefined) return address;
    await sleep(100);
  }
  throw new Error(`Process ${pid} opens no inspector.`);
}

/** Collects all garbage of a process. @returns what is left of its heap, in bytes */
export async function heapAfterCollection(address: string): Promise<number> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const socket = new WebSocket(address);
  await once(socket, 'open', { signal });
  let used = 0;
  // Twice: finalizers that the first one calls let go of more.
  const methods = ['HeapProfiler.collectGarbage', 'HeapProfiler.collectGarbage', 'Runtime.getHeapUsage'];
  for (const [id, method] of methods.entries()) {
    socket.send(JSON.stringify({ id, method }));
    let answer: Answer;
    do {
      const [data] = (await once(socket, 'message', { signal })) as [Buffer];
      answer = JSON.parse(String(data)) as Answer;
    } while (answer.id !== id);
    used = answer.result?.usedSize ?? 0;
  }
  socket.close();
  await once(socket, 'close', { signal });
  return used;
}
