/**
 * Progress on a terminal: what is done scrolls up as plain lines, and what runs stands below, clusters side
 * by side, with timers.
 */
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { Clock, Timer } from '../../base/clock.ts';
import type { ClusterSpec } from '../../model/topology.ts';
import type { RunEvent } from '../../run/events.ts';
import { INDENT, ProgressLines } from './lines.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/** Milliseconds between two pictures. */
const FRAME_MS = 120;
/** Narrower columns are not worth having: then the steps stand one below the other. */
const MIN_COLUMN = 30;

interface Activity {
  readonly name: string;
  readonly cluster: string | undefined;
  /** Of the wall's clock: what people wait for is real time. */
  readonly sinceMs: number;
  message: string | undefined;
}

/** Cuts a text to a width in columns, by whole characters as people see them. */
export function fit(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const more = stringWidth(segment);
    if (used + more > width - 1) break;
    kept += segment;
    used += more;
  }
  return `${kept}…`;
}

/**
 * Breaks a text into lines of a width in columns, between words only: a word that is longer may be something
 * to copy.
 */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Cuts and pads. */
const cell = (text: string, width: number) => {
  const fitted = fit(text, width);
  return fitted + ' '.repeat(Math.max(0, width - stringWidth(fitted)));
};

/** What is running now; a function of the events so far and of the time. */
export class LivePicture {
  readonly #activities = new Map<string, Activity>();
  #clusters: readonly ClusterSpec[] = [];
  #clusterOf = new Map<string, string>();

  /** @param name - what to call the step */
  apply(event: RunEvent, name: (id: string) => string, nowMs: number): void {
    switch (event.type) {
      case 'run-started':
        this.#activities.clear();
        this.#clusters = event.topology.clusters;
        this.#clusterOf = new Map(
          event.plan.steps.flatMap(({ id, cluster }) =>
            cluster === undefined ? [] : [[id, cluster] as const],
          ),
        );
        break;
      case 'step-started': {
        const cluster = this.#clusterOf.get(event.step);
        this.#activities.set(event.step, {
          name: name(event.step),
          cluster,
          sinceMs: nowMs,
          message: undefined,
        });
        break;
      }
      case 'check-started': {
        const cluster = this.#clusters.find(each => event.check.startsWith(`${each.name}-`))?.name;
        this.#activities.set(event.check, { name: event.check, cluster, sinceMs: nowMs, message: undefined });
        break;
      }
      case 'step-progress':
        this.#say(event.step, event.message);
        break;
      case 'check-progress':
        this.#say(event.check, event.message);
        break;
      case 'step-ended':
        this.#activities.delete(event.step);
        break;
      case 'check-ended':
        this.#activities.delete(event.result.id);
        break;
      case 'run-ended':
        this.#activities.clear();
        break;
      default:
    }
  }

  #say(id: string, message: string): void {
    const activity = this.#activities.get(id);
    if (activity) activity.message = message;
  }

  /** The lines of the picture, none wider than `width`. */
  draw(width: number, nowMs: number): readonly string[] {
    const entry = ({ name, sinceMs, message }: Activity) => [
      `${name} ${((nowMs - sinceMs) / 1000).toFixed(1)} s`,
      ...(message === undefined ? [] : [`  ${message}`]),
    ];
    const all = [...this.#activities.values()];
    if (all.length === 0) return [];
    const names = this.#clusters
      .map(({ name }) => name)
      .filter(name => all.some(({ cluster }) => cluster === name));
    const column = Math.floor((width - 1) / Math.max(1, names.length));
    if (names.length < 2 || column < MIN_COLUMN)
      return all.flatMap(entry).map(line => fit(` ${line}`, width - 1));
    const shared = all.filter(({ cluster }) => cluster === undefined).flatMap(entry);
    const columns = names.map(name => all.filter(({ cluster }) => cluster === name).flatMap(entry));
    const rows = Array.from({ length: Math.max(...columns.map(lines => lines.length)) }, (_, row) =>
      columns.map(lines => ` ${cell(lines[row] ?? '', column - 2)} `).join(''),
    );
    return [...shared.map(line => fit(` ${line}`, width - 1)), ...rows.map(line => line.trimEnd())];
  }
}

/** @param clock - the wall's: the picture is drawn anew while nothing happens, so that timers move */
export function createLiveProgress(screen: Screen, stream: NodeJS.WriteStream, clock: Clock): Progress {
  const lines = new ProgressLines(screen.progressColours, text =>
    wrapped(text, screen.width - INDENT.length - 1),
  );
  const picture = new LivePicture();
  const update = createLogUpdate(stream);
  let timer: Timer | undefined;
  let drawnAt = 0;
  const draw = () => {
    drawnAt = clock.now();
    const drawn = picture.draw(screen.width, drawnAt);
    if (drawn.length === 0) update.clear();
    else update(drawn.map(line => screen.progressColours.cyan(line)).join('\n'));
  };
  const tick = () => {
    draw();
    timer = clock.setTimeout(tick, FRAME_MS);
  };
  let isDrawing = false;
  const stop = () => {
    if (!isDrawing) return;
    isDrawing = false;
    clock.clearTimeout(timer);
    timer = undefined;
    update.clear();
    update.done();
  };
  return {
    listener: event => {
      if (event.type === 'run-started' && !isDrawing) {
        isDrawing = true;
        timer = clock.setTimeout(tick, FRAME_MS);
      }
      picture.apply(event, id => lines.nameOf(id), clock.now());
      const finished = lines.of(event);
      if (finished.length > 0) {
        update.clear();
        for (const line of finished) screen.progress(line);
      }
      // A busy simulated world leaves the timer little room: events draw too, but not more often than the
      // timer would.
      if (finished.length > 0 || clock.now() - drawnAt >= FRAME_MS) draw();
      if (event.type === 'run-ended') stop();
    },
    stop,
  };
}
