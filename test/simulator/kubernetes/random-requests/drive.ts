/** Sends random sequences to an opened world, several side by side, and tells how it bore them. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchEvent } from '../../../../harness/base/api-client.ts';
import { KubernetesApiError, KubernetesClient } from '../../../../harness/base/kubernetes-client.ts';
import { KINDS, NAMESPACE } from './kinds.ts';
import { feelPulse, NoAnswer, type Pulse } from './pulse.ts';
import { waitForDeletions, waitForRest } from './rest.ts';
import {
  type Answer,
  BLOCK,
  type Left,
  type Made,
  namespaceOf,
  pathOf,
  type Request,
  randomSequence,
  releaseOf,
} from './sequence.ts';
import { openWorld, type Usage } from './world-process.ts';

export interface DriveOptions {
  readonly seed: string;
  /** How many sequences, from the first on. */
  readonly sequences: number;
  /** Only this one, in a world of its own. */
  readonly only?: number;
  /** Told now and then how many sequences are done. */
  readonly onProgress?: (done: number, usage: Usage) => void;
  /** Told of each request and its answer, once it has come. */
  readonly onAnswer?: (line: string) => void;
}

export interface Outcome {
  readonly requests: number;
  /** Answers by code. */
  readonly codes: ReadonlyMap<number, number>;
  /** Resource key → how many were created; custom kinds count as one. */
  readonly created: ReadonlyMap<string, number>;
  readonly events: number;
  readonly pulse: Pulse;
  /** Share of a core that the world used at rest. */
  readonly restCpu: number;
  readonly seconds: number;
  readonly before: Usage;
  readonly after: Usage;
}

export const CUSTOM = 'custom resources';
const NOTHING: Answer = { code: 200, body: {} };
const LANES = 16;
/** A request that waits for a webhook takes a second; one that takes so long is lost. */
const LOST_MS = 20_000;

/** A sequence that is under way, and what it has sent. */
interface Running {
  readonly index: number;
  readonly sent: { readonly request: Request; answer?: Answer }[];
}

function describeRequest({ method, path, query, body }: Request, answer: Answer | undefined): string {
  const search = query ? `?${new URLSearchParams(query)}` : '';
  const answered = answer ? `${answer.code} ${answer.code < 400 ? '' : messageIn(answer)}` : 'no answer yet';
  return `${method} ${path}${search} ${JSON.stringify(body) ?? ''} → ${answered}`;
}

const messageIn = ({ body }: Answer): string =>
  String((body as { readonly message?: unknown }).message ?? ''); // a Status

class Drive {
  readonly #client: KubernetesClient;
  readonly #seed: string;
  readonly #signal: AbortSignal;
  readonly #onAnswer: DriveOptions['onAnswer'];
  readonly #running = new Set<Running>();
  readonly #defects: string[] = [];
  readonly codes = new Map<number, number>();
  readonly created = new Map<string, number>();
  requests = 0;
  events = 0;

  constructor(client: KubernetesClient, { seed, onAnswer }: DriveOptions, signal: AbortSignal) {
    this.#client = client;
    this.#seed = seed;
    this.#onAnswer = onAnswer;
    this.#signal = signal;
  }

  /** What all sequences that are under way have sent so far. */
  describe(): string {
    return [...this.#running].map(running => this.#describeOne(running)).join('\n');
  }

  #describeOne({ index, sent }: Running): string {
    const lines = sent.map(({ request, answer }) => `  ${describeRequest(request, answer)}`);
    return `Sequence ${index} (npm run random -- --seed ${this.#seed} --only ${index}):\n${lines.join('\n')}`;
  }

  /** Runs some sequences in their namespace. @returns what they have left behind */
  async block(indexes: readonly number[], onEnd: () => void): Promise<Left> {
    const namespace = namespaceOf(indexes[0] ?? 0);
    const path = pathOf(NAMESPACE, '');
    await this.#client.request('POST', path, {
      body: { metadata: { name: namespace } },
      signal: this.#signal,
    });
    const made: Made[] = [];
    const held: Made[] = [];
    for (const index of indexes) {
      const left = await this.#sequence(index);
      made.push(...left.made);
      held.push(...left.held);
      onEnd();
    }
    return { made, held };
  }

  async #sequence(index: number): Promise<Left> {
    const running: Running = { index, sent: [] };
    this.#running.add(running);
    const watches = new AbortController();
    try {
      const sequence = randomSequence(this.#seed, index);
      let next = sequence.next();
      while (!next.done) {
        const request = next.value;
        if (request.pauseMs !== undefined) await sleep(request.pauseMs);
        const entry: Running['sent'][number] = { request };
        running.sent.push(entry);
        entry.answer = request.watch
          ? this.#watch(running, request, watches.signal)
          : await this.#send(request);
        if (entry.answer.code >= 500) {
          throw new Error(`${JSON.stringify(entry.answer.body)}\n${this.#describeOne(running)}`);
        }
        if (request.creates !== undefined && entry.answer.code < 300) this.#count(request.creates);
        next = sequence.next(entry.answer);
      }
      const [defect] = this.#defects;
      if (defect !== undefined) throw new Error(defect);
      return next.value;
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason;
      throw new Error(`${String(error)}\n${this.#describeOne(running)}`, { cause: error });
    } finally {
      watches.abort();
      this.#running.delete(running);
    }
  }

  async #send({ method, path, query, body, contentType }: Request): Promise<Answer> {
    this.requests++;
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(LOST_MS)]);
    const answer = await this.#client
      .request(method, path, {
        ...(query && { query }),
        body,
        ...(contentType !== undefined && { contentType }),
        signal,
      })
      .then(
        (answered): Answer => ({ code: method === 'POST' ? 201 : 200, body: answered }),
        (error: unknown): Answer => {
          if (!(error instanceof KubernetesApiError)) throw error;
          return { code: error.code, body: error.status };
        },
      );
    this.#onAnswer?.(describeRequest({ method, path, ...(query && { query }), body }, answer));
    this.codes.set(answer.code, (this.codes.get(answer.code) ?? 0) + 1);
    return answer;
  }

  /** Opens a watch that ends with its sequence, or with its definition. */
  #watch(running: Running, request: Request, signal: AbortSignal): Answer {
    const { watch, query = {} } = request;
    if (!watch) return NOTHING;
    this.requests++;
    const ended = AbortSignal.any([this.#signal, signal]);
    const defect = (text: string) => {
      this.#defects.push(`A watch of ${request.path}: ${text}\n${this.#describeOne(running)}`);
    };
    const onEvent = ({ type, object }: WatchEvent) => {
      this.events++;
      if (type === 'ERROR' && Number(object['code'] ?? 500) >= 500) defect(JSON.stringify(object));
    };
    void this.#client.watch(watch, query, onEvent, ended).catch((error: unknown) => {
      if (!ended.aborted && !(error instanceof KubernetesApiError && error.code < 500)) defect(String(error));
    });
    return NOTHING;
  }

  #count(key: string): void {
    const shown = key.endsWith('.random.example.com') ? CUSTOM : key;
    this.created.set(shown, (this.created.get(shown) ?? 0) + 1);
  }

  /** Takes the sequences' finalizer from what they have left. */
  async release({ held }: Left): Promise<void> {
    for (const made of held) {
      const requests = releaseOf(made);
      let next = requests.next();
      while (!next.done) {
        if (next.value.pauseMs !== undefined) await sleep(next.value.pauseMs);
        next = requests.next(await this.#send(next.value));
      }
    }
  }

  /** Deletes what belongs to no namespace, and the namespace with all that is in it. */
  async tidy(namespace: string, left: Left): Promise<void> {
    await this.release(left);
    for (const { kind, name } of left.made) {
      if (!kind.isNamespaced) await this.#send({ method: 'DELETE', path: pathOf(kind, '', name) });
    }
    await this.#send({ method: 'DELETE', path: pathOf(NAMESPACE, '', namespace) });
  }
}

/** Indexes by the namespace that they share. */
function blocksOf({ sequences, only }: DriveOptions): readonly (readonly number[])[] {
  if (only !== undefined) return [[only]];
  const all = Array.from({ length: sequences }, (_, index) => index);
  return Array.from({ length: Math.ceil(sequences / BLOCK) }, (_, block) =>
    all.slice(block * BLOCK, (block + 1) * BLOCK),
  );
}

/**
 * Opens a world, sends it the sequences, and waits until it is at rest again.
 * @throws Error for an answer of 500 and more, a watch that breaks, a world that does not answer, whose
 *   process ends or says anything on standard error, or that does not come to rest; with the requests that
 *   led there
 */
export async function drive(options: DriveOptions): Promise<Outcome> {
  using world = await openWorld(options.seed);
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, world.defect]);
  setMaxListeners(0, signal);
  const client = new KubernetesClient(world.kubeconfigs[0] ?? '');
  const run = new Drive(client, options, signal);
  const start = performance.now();
  const before = await world.usage();
  const blocks = blocksOf(options);
  const waiting = blocks.entries();
  let done = 0;
  let restCpu = 1;
  const onEnd = () => {
    done++;
    if (options.onProgress && done % 1000 === 0)
      void world.usage().then(usage => options.onProgress?.(done, usage));
  };
  const lane = async () => {
    for (const [index, indexes] of waiting) {
      const left = await run.block(indexes, onEnd);
      // The last ones stay, so that there is something to be at rest with.
      if (index < blocks.length - LANES) await run.tidy(namespaceOf(indexes[0] ?? 0), left);
      else await run.release(left);
    }
  };
  const work = async () => {
    await Promise.all(Array.from({ length: LANES }, lane));
    await waitForDeletions(client, KINDS, signal);
    restCpu = await waitForRest(client, world);
  };
  const ended = new AbortController();
  try {
    const [pulse] = await Promise.all([
      feelPulse(world, () => run.describe(), AbortSignal.any([ended.signal, signal])),
      work().finally(() => ended.abort()),
    ]);
    const { requests, codes, created, events } = run;
    const seconds = (performance.now() - start) / 1000;
    return { requests, codes, created, events, pulse, restCpu, seconds, before, after: await world.usage() };
  } catch (error) {
    // A process that ends breaks its connections before it is known why.
    await sleep(500);
    failure.abort(error);
    if (error instanceof NoAnswer)
      throw new Error(`${error.message}\nIt is busy at:\n${await world.stack()}`, { cause: error });
    throw world.defect.aborted
      ? new Error(`${String(world.defect.reason)}\n${run.describe()}`, { cause: error })
      : error;
  } finally {
    client.close();
  }
}
