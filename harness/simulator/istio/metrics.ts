/** istiod's counters and gauges, in Prometheus' text format (docs/reference/istio.md I14). */

type Labels = Readonly<Record<string, string>>;

const seriesOf = (name: string, labels: Labels): string => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
};

/** The series of one process; a series exists from its first value on. */
export class Metrics {
  readonly #values = new Map<string, number>();

  add(name: string, labels: Labels = {}, by = 1): void {
    const series = seriesOf(name, labels);
    this.#values.set(series, (this.#values.get(series) ?? 0) + by);
  }

  set(name: string, value: number, labels: Labels = {}): void {
    this.#values.set(seriesOf(name, labels), value);
  }

  /** One line for each series, sorted. */
  render(): string {
    return [...this.#values.keys()]
      .sort()
      .map(series => `${series} ${this.#values.get(series)}\n`)
      .join('');
  }
}
