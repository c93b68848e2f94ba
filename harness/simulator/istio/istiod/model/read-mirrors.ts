/** Reads where a route sends copies (networking.istio.io, HTTPRoute.mirror and HTTPMirrorPolicy). */
import { list, tree } from '../../../../base/untyped.ts';
import type { Share } from '../../xds/routes.ts';
import type { HttpAction } from './http-route.ts';
import { readDestination } from './read-destination.ts';
import type { Reading } from './reading.ts';

type Mirrors = Extract<HttpAction, { kind: 'route' }>['mirrors'];

const ALL: Share = { numerator: 100, denominator: 100 };

/**
 * Reads `mirror` with its share, and `mirrors`. Of a share of nothing no copies are sent
 * (pilot/pkg/networking/core/route/route.go @1.30.3, MirrorPercent; the same in 1.8).
 */
export function readMirrors(reading: Reading, path: string, route: ReturnType<typeof tree>): Mirrors {
  const of = (destination: unknown, share: Share): Mirrors =>
    isGiven(destination) && share.numerator > 0
      ? [{ destination: readDestination(reading, destination), share }]
      : [];
  const whole = route['mirrorPercent'] ?? route['mirror_percent'];
  return [
    ...of(
      route['mirror'],
      percentage(route['mirrorPercentage']) ??
        (isGiven(whole) ? { numerator: Number(whole), denominator: 100 } : ALL),
    ),
    ...list(route['mirrors']).flatMap((item, at) => {
      const mirror = tree(item);
      reading.unsupported.check(`${path}.mirrors[${at}]`, mirror, ['destination', 'percentage']);
      return of(mirror['destination'], percentage(mirror['percentage']) ?? ALL);
    }),
  ];
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

const percentage = (value: unknown): Share | undefined =>
  isGiven(value)
    ? { numerator: Math.trunc(Number(tree(value)['value'] ?? 0) * 10_000), denominator: 1_000_000 }
    : undefined;
