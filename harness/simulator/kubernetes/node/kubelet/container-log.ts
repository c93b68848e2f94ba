/** The output of one run of a container, line by line, with the time of each line. */
import { LineReader } from '../../../../base/lines.ts';

/** A line without its line feed, and when its first character was written (milliseconds since the epoch). */
export interface LogLine {
  readonly time: number;
  readonly text: string;
}

/** Selects the lines of a log, and their form. */
export interface LogSelection {
  readonly tailLines?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly limitBytes?: number;
  readonly timestamps?: boolean;
}

/** The kubelet rotates at 10 MiB; we keep the newest lines only, so that a chatty program costs little. */
const MAX_LINES = 5_000;

/** The log of one run; followers hear of each new line, and of the end. */
export class ContainerLog {
  #lines: LogLine[] = [];
  readonly #reader = new LineReader();
  #partialTime = 0;
  readonly #followers = new Set<{ readonly onLine: (line: LogLine) => void; readonly onEnd: () => void }>();
  #ended = false;

  append(text: string, now: number): void {
    if (this.#reader.rest === '') this.#partialTime = now;
    const lines = this.#reader.push(text);
    for (const line of lines) this.#add({ time: this.#partialTime, text: line });
    if (lines.length > 0) this.#partialTime = now;
  }

  /** Ends the log: the program is gone. */
  end(): void {
    if (this.#ended) return;
    const rest = this.#reader.end();
    if (rest !== '') this.#add({ time: this.#partialTime, text: rest });
    this.#ended = true;
    for (const { onEnd } of [...this.#followers]) onEnd();
    this.#followers.clear();
  }

  read(selection: LogSelection = {}): string {
    let lines: readonly LogLine[] = this.#lines;
    const { since, tailLines, limitBytes } = selection;
    if (since !== undefined) lines = lines.filter(({ time }) => time >= since);
    if (tailLines !== undefined) lines = tailLines === 0 ? [] : lines.slice(-tailLines);
    const text = lines.map(line => formatLine(line, selection.timestamps)).join('');
    return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString();
  }

  /**
   * Calls back for each line to come, and once at the end (at once if it is over).
   * @returns ends the following
   */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void {
    if (this.#ended) {
      onEnd();
      return () => {};
    }
    const follower = { onLine, onEnd };
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
    };
  }

  #add(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES / 2);
    for (const { onLine } of [...this.#followers]) onLine(line);
  }
}

/** Formats a line with its line feed, after its time in RFC 3339 if asked for. */
export function formatLine(line: LogLine, timestamps = false): string {
  return `${timestamps ? `${new Date(line.time).toISOString()} ` : ''}${line.text}\n`;
}
