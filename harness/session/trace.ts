/**
 * The trace of a run on the simulator: what its clusters, their network and their processes did, in the run's
 * own time, as files to search. Without secrets.
 */
import path from 'node:path';
import { chmodSync, closeSync, makeFolderSync, openSync, writeSync } from '../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../base/disk/modes.ts';
import { LineReader } from '../base/lines.ts';
import { redact } from '../base/redact.ts';
import type {
  ConnectionRecord,
  ProcessNote,
  ProcessSource,
  RequestRecord,
  WorldObserver,
} from '../simulator/world.ts';

/** The files of a trace. */
export const TRACE_FILES = ['api.jsonl', 'connections.jsonl', 'xds.jsonl', 'processes.log'] as const;

type TraceFile = (typeof TRACE_FILES)[number];

/**
 * Writes the trace of one run. Each line is written at once, so that a run which hangs or is killed leaves
 * what led there; synchronously, because nothing may be awaited while a world runs.
 */
export class Trace implements WorldObserver {
  readonly #files = new Map<TraceFile, number>();
  readonly #outputs = new Map<string, OutputLines>();
  #lost: unknown;

  /** The error with which the trace ended early; undefined if all of it was written. */
  get lost(): unknown {
    return this.#lost;
  }

  /**
   * Makes the folder, for its owner alone, and the files anew.
   * @throws HarnessError ERR_WRITE_FAILED
   */
  open(folder: string): void {
    makeFolderSync(folder, OWNER_ONLY_FOLDER);
    for (const name of TRACE_FILES) {
      const file = path.join(folder, name);
      this.#files.set(name, openSync(file, 'w', OWNER_ONLY));
      // An earlier trace may have left a file that others can read.
      chmodSync(file, OWNER_ONLY);
    }
  }

  onRequest(cluster: string, { atMs, username, method, url, code, durationMs }: RequestRecord): void {
    const asked = { time: timeOf(atMs), cluster, user: username, method, path: url, code, durationMs };
    this.#writeJson('api.jsonl', asked);
  }

  onConnection(record: ConnectionRecord): void {
    const { atMs, protocol, from, fromAddress, to, via, arrivedAt, outcome } = record;
    this.#writeJson('connections.jsonl', {
      time: timeOf(atMs),
      protocol,
      from: `${from} (${fromAddress})`,
      to: `${to.address}:${to.port}`,
      ...(via.length > 0 && { via }),
      ...(arrivedAt !== undefined && { arrivedAt }),
      outcome,
    });
  }

  onProcess(cluster: string, source: ProcessSource, note: ProcessNote): void {
    const pod = `${source.namespace}/${source.pod}`;
    if (note.kind === 'xds') {
      const { kind: _, ...what } = note;
      this.#writeJson('xds.jsonl', { time: timeOf(source.atMs), cluster, istiod: pod, ...what });
      return;
    }
    const where = `${cluster} ${pod} ${source.container} ${note.stream}`;
    const lines = this.#outputs.get(where) ?? new OutputLines();
    this.#outputs.set(where, lines);
    for (const line of lines.push(note.text)) this.#writeOutput(timeOf(source.atMs), where, line);
  }

  /** Writes the lines that have not ended, and closes the files. Later records are dropped. */
  close(): void {
    for (const [where, lines] of this.#outputs) {
      const rest = lines.end();
      if (rest !== '') this.#writeOutput('(unfinished)', where, rest);
    }
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  #writeOutput(time: string, where: string, line: string): void {
    this.#write('processes.log', `${time} ${where}: ${line}\n`);
  }

  #writeJson(name: TraceFile, record: object): void {
    // Text by text: what redact takes out must not take the end of a string with it.
    const line = JSON.stringify(record, (_, value: unknown) =>
      typeof value === 'string' ? redact(value) : value,
    );
    this.#write(name, `${line}\n`);
  }

  #write(name: TraceFile, text: string): void {
    const file = this.#files.get(name);
    if (file === undefined || this.#lost !== undefined) return;
    try {
      writeSync(file, text);
    } catch (error) {
      // The run that it tells of goes on.
      this.#lost = error;
    }
  }
}

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

/** The lines of one output, redacted: a key has many lines, of which each alone looks harmless. */
class OutputLines {
  readonly #lines = new LineReader();
  #isInPem = false;

  push(text: string): readonly string[] {
    return this.#lines.push(text).flatMap(line => this.#redacted(line));
  }

  end(): string {
    return this.#redacted(this.#lines.end()).join('');
  }

  #redacted(line: string): readonly string[] {
    if (this.#isInPem) {
      this.#isInPem = !/-----END [A-Z ]+-----/.test(line);
      return [];
    }
    const begin = line.lastIndexOf('-----BEGIN ');
    this.#isInPem = begin >= 0 && /^-----BEGIN [A-Z ]+-----(?!.*-----END )/.test(line.slice(begin));
    return [redact(line)];
  }
}
