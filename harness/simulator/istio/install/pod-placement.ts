/** Where pods of an installation may run: the values' own settings, or else those for all components. */

interface Placement {
  readonly affinity?: unknown;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly tolerations?: readonly unknown[] | undefined;
}
interface ForAll {
  readonly defaultNodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly defaultTolerations?: readonly unknown[] | undefined;
  readonly priorityClassName: string;
}

/**
 * Returns the parts of a pod's spec that place it. Unlike the charts of gateways, which write a node selector
 * as a required affinity, this writes it as it is: it selects the same nodes.
 */
export function podPlacement(forAll: ForAll, own: Placement): Readonly<Record<string, unknown>> {
  const nodeSelector = own.nodeSelector ?? forAll.defaultNodeSelector;
  const tolerations = own.tolerations ?? forAll.defaultTolerations;
  return {
    ...(forAll.priorityClassName !== '' && { priorityClassName: forAll.priorityClassName }),
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    ...(own.affinity !== undefined && { affinity: own.affinity }),
  };
}
