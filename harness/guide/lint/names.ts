/** The names that a guide gives to clusters, networks and meshes. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Trace } from '../follow/trace.ts';
import { installsOf } from './documents.ts';
import { gatewayValues, printsOperator } from './gateway-script.ts';
import { callsOf, flagValue } from './words.ts';

/** Collects the names of clusters, networks and meshes in a guide's installs, remote secrets and gateways. */
export function meshNames(traces: readonly Trace[], edition: EditionName): ReadonlySet<string> {
  const names = new Set<string | undefined>();
  for (const trace of traces) {
    for (const { clusterName, network, meshId, networks } of installsOf(trace, edition))
      for (const name of [clusterName, network, meshId, ...networks]) names.add(name);
    for (const call of callsOf(trace, edition)) {
      if (call.command.endsWith('create-remote-secret')) names.add(flagValue(call, 'name')?.text);
      if (printsOperator(call)) for (const { text } of Object.values(gatewayValues(call))) names.add(text);
    }
  }
  return new Set([...names].flatMap(name => (name === undefined || !/^[\w.-]+$/.test(name) ? [] : [name])));
}
