/** The page `/stats`: statistics as text, as JSON and for Prometheus. */
import type { Envoy } from '../envoy.ts';
import type { ServiceAnswer } from './http-service.ts';
import { prometheusText, statsOf } from './stats.ts';

/**
 * Answers for one query.
 * @param prefixes - see `statsOf`
 */
export function statsPage(envoy: Envoy, query: URLSearchParams, prefixes: readonly string[]): ServiceAnswer {
  let stats = statsOf(envoy, prefixes);
  const filter = query.get('filter');
  if (filter !== null) {
    let pattern: RegExp;
    try {
      pattern = new RegExp(filter);
    } catch {
      return { status: 400, body: `Invalid regex: "${filter}"\n` };
    }
    stats = stats.filter(([name]) => pattern.test(name));
  }
  if (query.has('usedonly')) stats = stats.filter(([, value]) => value > 0);
  switch (query.get('format')) {
    case 'json':
      return {
        status: 200,
        body: `${JSON.stringify({ stats: stats.map(([name, value]) => ({ name, value })) }, null, 1)}\n`,
        contentType: 'application/json',
      };
    case 'prometheus':
      return { status: 200, body: prometheusText(stats) };
    default:
      return { status: 200, body: stats.map(([name, value]) => `${name}: ${value}\n`).join('') };
  }
}
