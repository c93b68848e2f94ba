/** Reads the values that a fault is given, against the mesh that it is for. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { Topology } from '../model/topology.ts';
import { outsideOf } from './catalog.ts';
import type { FaultDefinition, FaultScene, FaultValues, ParameterName } from './fault.ts';

const MAX_DELAY_MS = 3_600_000;

/**
 * Fills values up with their defaults.
 * @throws HarnessError ERR_USAGE for a mesh that cannot have the fault, a parameter that it does not take,
 *   and names that the mesh does not have
 */
export function readValues(
  fault: FaultDefinition,
  given: FaultValues,
  scene: Pick<FaultScene, 'topology' | 'edition'>,
): FaultValues {
  const reason = outsideOf(fault, scene);
  if (reason !== undefined)
    throw new HarnessError('ERR_USAGE', `${scene.topology.name} cannot have ${fault.id}: ${reason}.`, {
      hint: 'docs/faults.md tells which meshes can have which faults.',
    });
  const known = Object.keys(fault.parameters);
  const strange = Object.keys(given).find(name => !known.includes(name));
  if (strange !== undefined)
    throw new HarnessError('ERR_USAGE', `${fault.id} takes no --${strange}.`, {
      hint: known.length > 0 ? `It takes ${known.map(name => `--${name}`).join(', ')}.` : 'It takes nothing.',
    });
  const values: Partial<Record<ParameterName, string>> = {};
  for (const [name, { byDefault }] of Object.entries(fault.parameters) as [
    ParameterName,
    NonNullable<FaultDefinition['parameters'][ParameterName]>,
  ][]) {
    const value = given[name] ?? byDefault?.(scene.topology);
    if (value !== undefined) values[name] = checked(name, value, scene.topology);
  }
  if (values.cluster !== undefined && values.cluster === values.from)
    throw new HarnessError('ERR_USAGE', `${fault.id} needs two clusters: ${values.cluster} is both.`);
  return values;
}

function checked(name: ParameterName, value: string, { clusters, networks }: Topology): string {
  if (name === 'cluster' || name === 'from') return oneOf('cluster', value, clusters);
  if (name === 'network') return oneOf('network', value, networks);
  if (name === 'ms' && !(Number(value) > 0 && Number(value) <= MAX_DELAY_MS))
    throw new HarnessError('ERR_USAGE', `--ms ${value} is not a number of milliseconds, up to an hour.`);
  return value;
}

function oneOf(what: string, value: string, entries: readonly { readonly name: string }[]): string {
  const known = entries.map(({ name }) => name);
  if (known.includes(value)) return value;
  throw new HarnessError('ERR_USAGE', `There is no ${what} "${value}".`, {
    hint: [didYouMean(value, known), `Known: ${known.join(', ')}.`].filter(Boolean).join(' '),
  });
}
