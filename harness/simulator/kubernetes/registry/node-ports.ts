/** Node ports for Services (pkg/registry/core/service/storage/alloc.go @v1.34). */
import type { Random } from '../../../base/random.ts';
import { type FieldError, invalidValue } from './field-errors.ts';
import { isObject, type JsonObject, objectsOf } from './json.ts';
import { hasHealthCheck } from './service-fields.ts';

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

const mayHaveNodePorts = ({ type }: Record<string, unknown>): boolean =>
  type === 'NodePort' || type === 'LoadBalancer';

const wantsNodePorts = (spec: Record<string, unknown>): boolean =>
  spec['type'] === 'NodePort' ||
  (spec['type'] === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);

/** Hands out the node ports of one cluster, and remembers which are taken. */
export class NodePorts {
  readonly #random: Random;
  readonly #taken = new Set<number>();

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Completes the ports of a Service that is written, in place, and takes their node ports.
   * @param before - the stored spec, whose node ports are kept or given back; empty for a new Service
   * @returns what is wrong with the node ports that it asks for
   */
  allocate(
    spec: Record<string, unknown>,
    before: Record<string, unknown>,
    dryRun: boolean,
  ): readonly FieldError[] {
    const errors: FieldError[] = [];
    const ports = objectsOf(spec['ports']);
    const old = objectsOf(before['ports']);
    const had = new Set(old.map(port => Number(port['nodePort'])).filter(port => port > 0));
    const byNumber = new Map<number, number>();
    const asNew = new Set<number>();
    ports.forEach((port, index) => {
      const asked = Number(port['nodePort'] ?? 0);
      const field = `spec.ports[${index}].nodePort`;
      if (asked === 0) delete port['nodePort'];
      if (!mayHaveNodePorts(spec)) return;
      if (asked === 0) {
        if (wantsNodePorts(spec)) this.#assign(port, old, byNumber, dryRun);
      } else if (!had.has(asked)) errors.push(...this.#reserve(asked, field, dryRun, asNew));
    });
    errors.push(...this.#healthCheck(spec, before, dryRun));
    if (dryRun) return errors;
    const still = new Set(mayHaveNodePorts(spec) ? ports.map(port => Number(port['nodePort'])) : []);
    for (const port of had) if (!still.has(port)) this.#taken.delete(port);
    return errors;
  }

  /** Gives a port the node port that it had, one of a port of this number, or a free one. */
  #assign(
    port: Record<string, unknown>,
    old: readonly Record<string, unknown>[],
    byNumber: Map<number, number>,
    dryRun: boolean,
  ): void {
    const number = Number(port['port']);
    const same = old.find(
      candidate =>
        isObject(candidate) &&
        candidate['nodePort'] !== undefined &&
        candidate['port'] === port['port'] &&
        candidate['protocol'] === port['protocol'],
    );
    // TCP and UDP of one number share a node port, as DNS has it.
    port['nodePort'] = same ? same['nodePort'] : (byNumber.get(number) ?? this.#pick(dryRun));
    byNumber.set(number, Number(port['nodePort']));
  }

  /**
   * Gives a Service the port on which nodes tell of its pods, or takes it back.
   * @returns why it cannot have the one it asks for
   */
  #healthCheck(spec: JsonObject, before: JsonObject, dryRun: boolean): FieldError[] {
    const key = 'healthCheckNodePort';
    const had = Number(before[key] ?? 0);
    const asked = Number(spec[key] ?? 0);
    if (!hasHealthCheck(spec)) {
      if (hasHealthCheck(before) && !dryRun) this.#taken.delete(had);
      return [];
    }
    if (asked === 0) spec[key] = this.#pick(dryRun);
    else if (asked !== had && !hasHealthCheck(before))
      return this.#reserve(asked, `spec.${key}`, dryRun, new Set());
    return [];
  }

  /**
   * Takes the node port that a Service asks for. A dry run looks at those of the Service only.
   * @param asNew - those that it takes beside it; gets this one
   * @returns why it cannot have it
   */
  #reserve(asked: number, field: string, dryRun: boolean, asNew: Set<number>): FieldError[] {
    const isTwice = asNew.has(asked);
    asNew.add(asked);
    if (isTwice) return [invalidValue(field, asked, 'provided port is already allocated')];
    if (dryRun) return [];
    if (asked < FIRST_NODE_PORT || asked > LAST_NODE_PORT) {
      return [
        invalidValue(
          field,
          asked,
          `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`,
        ),
      ];
    }
    if (this.#taken.has(asked)) return [invalidValue(field, asked, 'provided port is already allocated')];
    this.#taken.add(asked);
    return [];
  }

  /** Gives back the node ports of a deleted Service. */
  release(spec: Record<string, unknown>): void {
    for (const port of objectsOf(spec['ports'])) this.#taken.delete(Number(port['nodePort']));
    this.#taken.delete(Number(spec['healthCheckNodePort']));
  }

  #pick(dryRun: boolean): number {
    for (;;) {
      const port = FIRST_NODE_PORT + this.#random.integer(LAST_NODE_PORT - FIRST_NODE_PORT + 1);
      if (this.#taken.has(port)) continue;
      if (!dryRun) this.#taken.add(port);
      return port;
    }
  }
}
