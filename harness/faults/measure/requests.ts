/** Faults as a command line or a program asks for them: `drop-calls`, `delay-calls,ms=500`, `all`. */
import { HarnessError } from '../../base/errors.ts';
import { FAULTS, faultOf, outsideOf } from '../catalog.ts';
import type { FaultDefinition, FaultScene, FaultValues, ParameterName } from '../fault.ts';
import { readValues } from '../values.ts';

/** A fault that is asked for, and what it is told. */
export interface FaultRequest {
  readonly fault: FaultDefinition;
  readonly values: FaultValues;
}

/**
 * Reads what was asked for, against the mesh that it is for; `all` are those that it can have.
 * @throws HarnessError ERR_UNKNOWN_FAULT, ERR_USAGE
 */
export function faultsOf(
  asked: readonly string[] = [],
  scene: Pick<FaultScene, 'topology' | 'edition'>,
): readonly FaultRequest[] {
  const requests = asked.flatMap(words =>
    words === 'all'
      ? FAULTS.filter(fault => outsideOf(fault, scene) === undefined).map(fault => ({ fault, values: {} }))
      : [readRequest(words)],
  );
  for (const { fault, values } of requests) readValues(fault, values, scene);
  return requests;
}

function readRequest(words: string): FaultRequest {
  const [name = '', ...pairs] = words.split(',');
  const fault = faultOf(name);
  const values = Object.fromEntries(
    pairs.map(pair => {
      const [key = '', ...rest] = pair.split('=');
      if (rest.length === 0)
        throw new HarnessError('ERR_USAGE', `"${pair}" of the fault ${name} is no parameter=value.`, {
          hint: 'Such as: delay-calls,ms=500',
        });
      return [key as ParameterName, rest.join('=')]; // readValues refuses those that the fault does not take
    }),
  );
  return { fault, values };
}
