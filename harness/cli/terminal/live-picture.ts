/** What runs at the moment, as lines: clusters side by side, with timers. */
import type { ClusterSpec } from '../../model/topology.ts';
import type { RunEvent } from '../../run/events.ts';
import { cell, fit, fitWords } from './text-width.ts';

/** Columns of text below which clusters stand one below the other. */
const MIN_COLUMN = 30;
/** Lines of the picture: of what fifty clusters do at once, that which has been going on longest. */
const MOST_LINES = 16;

interface Activity {
  readonly name: string;
  readonly cluster: string | undefined;
  /** The wall's clock: people wait in real time. */
  readonly sinceMs: number;
  message: string | undefined;
}

/** Follows the events of runs, and draws what runs now; a function of the events and of the time. */
export class LivePicture {
  readonly #activities = new Map<string, Activity>();
  #clusters: readonly ClusterSpec[] = [];
  #clusterOf = new Map<string, string>();

  /**
   * Applies an event to the picture.
   * @param name - turns a step's id into words for people
   */
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

  /** Draws the lines of the picture, none wider than `width`. */
  draw(width: number, nowMs: number): readonly string[] {
    const entry =
      (columns: number) =>
      ({ name, sinceMs, message }: Activity): readonly string[] => {
        const time = ` ${((nowMs - sinceMs) / 1000).toFixed(1)} s`;
        return [
          fitWords(name, columns - time.length) + time,
          ...(message === undefined ? [] : [fitWords(`  ${message}`, columns)]),
        ];
      };
    const all = [...this.#activities.values()];
    if (all.length === 0) return [];
    const names = this.#clusters
      .map(({ name }) => name)
      .filter(name => all.some(({ cluster }) => cluster === name));
    const column = Math.floor((width - 1) / Math.max(1, names.length));
    if (names.length < 2 || column < MIN_COLUMN)
      return longest(all.map(entry(width - 2))).map(line => fit(` ${line}`, width - 1));
    const shared = all.filter(({ cluster }) => cluster === undefined).flatMap(entry(width - 2));
    const columns = names.map(name =>
      all.filter(({ cluster }) => cluster === name).flatMap(entry(column - 2)),
    );
    const rows = Array.from({ length: Math.max(...columns.map(lines => lines.length)) }, (_, row) =>
      columns.map(lines => ` ${cell(lines[row] ?? '', column - 2)} `).join(''),
    );
    return [...shared.map(line => fit(` ${line}`, width - 1)), ...rows.map(line => line.trimEnd())];
  }
}

/** Returns the lines of as many entries as there is room for, and how many others there are. */
function longest(entries: readonly (readonly string[])[]): readonly string[] {
  const lines: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const isLast = index === entries.length - 1;
    if (lines.length + entry.length > MOST_LINES - (isLast ? 0 : 1))
      return [...lines, `… and ${entries.length - index} more`];
    lines.push(...entry);
  }
  return lines;
}
