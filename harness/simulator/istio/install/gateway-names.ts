/** Gateways without a name, which `--set components.ingressGateways[0].…` makes. */
import { isObject, list, tree } from '../../../base/untyped.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { InstallError } from './install-error.ts';
import type { Tree } from './operator-document.ts';

/**
 * Where lists are merged by name, an entry needs one (operator/pkg/util/merge_iop.go @1.8.0). Later releases
 * take it, and fail when they apply what comes of it.
 * @throws InstallError in the words of Kubernetes' strategic merge
 */
export function demandGatewayNames({ install }: IstioBehaviour, spec: Tree): void {
  if (install.gatewayLists === 'replaced') return;
  const components = tree(spec['components']);
  for (const entry of [...list(components['ingressGateways']), ...list(components['egressGateways'])])
    if (isObject(entry) && typeof entry['name'] !== 'string')
      throw new InstallError(
        `could not overlay user config over base: json merge error (map: ${goText(entry)} does not contain ` +
          'declared merge key: name)',
      );
}

/** Writes a value as Go prints it: `map[enabled:true]`. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
}
