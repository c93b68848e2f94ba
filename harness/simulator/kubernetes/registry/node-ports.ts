/** Node ports for Services (pkg/registry/core/service/storage/alloc.go @v1.32). */
import type { Random } from '../../../base/random.ts';
import { type FieldError, forbiddenValue, invalidValue } from './field-errors.ts';
import { isObject, objectsOf } from './json.ts';

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

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
    const type = spec['type'];
    const wants =
      type === 'NodePort' || (type === 'LoadBalancer' && spec['allocateLoadBalancerNodePorts'] !== false);
    const ports = objectsOf(spec['ports']);
    const old = objectsOf(before['ports']);
    const had = new Set(old.map(port => Number(port['nodePort'])).filter(port => port > 0));
    const byProtocol = new Map<number, number>();
    ports.forEach((port, index) => {
      const asked = Number(port['nodePort'] ?? 0);
      if (asked === 0) delete port['nodePort'];
      if (type !== 'NodePort' && type !== 'LoadBalancer') {
        if (asked !== 0 && had.has(asked)) delete port['nodePort'];
        else if (asked !== 0)
          errors.push(
            forbiddenValue(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
          );
        return;
      }
      if (asked !== 0) {
        if (had.has(asked)) return;
        if (asked < FIRST_NODE_PORT || asked > LAST_NODE_PORT) {
          errors.push(
            invalidValue(
              `spec.ports[${index}].nodePort`,
              asked,
              `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`,
            ),
          );
        } else if (this.#taken.has(asked)) {
          errors.push(
            invalidValue(`spec.ports[${index}].nodePort`, asked, 'provided port is already allocated'),
          );
        } else if (!dryRun) this.#taken.add(asked);
        return;
      }
      if (!wants) return;
      const same = old.find(
        candidate =>
          isObject(candidate) &&
          candidate['nodePort'] !== undefined &&
          candidate['port'] === port['port'] &&
          candidate['protocol'] === port['protocol'],
      );
      // TCP and UDP of one number share a node port, as DNS has it.
      const shared = byProtocol.get(Number(port['port']));
      port['nodePort'] = same ? same['nodePort'] : (shared ?? this.#pick(dryRun));
      byProtocol.set(Number(port['port']), Number(port['nodePort']));
    });
    if (dryRun) return errors;
    const still = new Set(ports.map(port => Number(port['nodePort'])));
    for (const port of had) if (!still.has(port)) this.#taken.delete(port);
    return errors;
  }

  /** Gives back the node ports of a deleted Service. */
  release(spec: Record<string, unknown>): void {
    for (const port of objectsOf(spec['ports'])) this.#taken.delete(Number(port['nodePort']));
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
