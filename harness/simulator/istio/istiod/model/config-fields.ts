/** Fields of untyped resources: how to read them, and how to note those that have no effect here. */
import { parseDuration } from '../../../../base/go-duration.ts';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { list, tree } from '../../../../base/untyped.ts';

/** Prints a scalar; undefined for null and for no value. */
export const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
/** Prints each item of a list. */
export const texts = (value: unknown): string[] => list(value).map(String);
/** Returns the fields of an object, each value as text. */
export const labels = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(tree(value)).map(([key, item]) => [key, String(item)]));
/** Reads a duration in milliseconds: `1m30s` → 90,000; undefined for what is none, or below 0. */
export const durationMs = (value: unknown): number | undefined => {
  const ms = parseDuration(text(value) ?? '');
  return ms !== undefined && ms >= 0 ? ms : undefined;
};

/** Collects what a resource asks for that is not simulated. */
export class Unsupported {
  readonly fields: string[] = [];
  readonly leftOut: string[] = [];
  /** Parts without which nobody is reached. */
  readonly failing: string[] = [];
  /** Fields that Istio has not either. */
  readonly unknown: string[] = [];

  /** Notes every key of `value` that is not among `known`. */
  check(path: string, value: unknown, known: readonly string[]): void {
    for (const [key, item] of Object.entries(tree(value))) {
      const isEmpty = item === undefined || item === null || (Array.isArray(item) && item.length === 0);
      if (!known.includes(key) && !isEmpty) this.fields.push(path === '' ? key : `${path}.${key}`);
    }
  }

  note(path: string): void {
    this.fields.push(path);
  }

  /** Notes a part that is not executed whole, and so not at all. */
  leaveOut(path: string): void {
    this.leftOut.push(path);
  }

  /** Notes a part that is not executed, and whose calls fail rather than go another way. */
  fail(path: string): void {
    this.failing.push(path);
  }

  /** Tells all that was noted, a sentence each. */
  sentences(): readonly string[] {
    return [
      ...this.failing.map(part => `spec.${part} is not simulated: calls by it fail (503)`),
      ...this.fields
        .filter(field => !this.failing.some(part => field.startsWith(part)))
        .map(field => `spec.${field} is not simulated and has no effect`),
      ...this.unknown
        .filter(field => !this.fields.includes(field))
        .map(field => `spec.${field} is no field of Istio's`),
      ...this.leftOut.map(part => `spec.${part} is left out, since not all of it is simulated`),
    ];
  }
}

/** Completes a name without a dot by the resource's namespace (pkg/config/model: ResolveShortnameToFQDN). */
export const fullHost = (host: string, namespace: string, domain: string): string =>
  host.includes('.') || host === '*' ? host : `${host}.${namespace}.svc.${domain}`;

/** Writes the name by which resources refer to each other: `sample/helloworld`. */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;
