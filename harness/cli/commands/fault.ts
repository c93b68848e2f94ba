/** `mesh-harness fault`: lets something fail in a world that is up, and takes it back. */
import { EXIT, HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { FAULTS, faultOf } from '../../faults/catalog.ts';
import type { FaultDefinition, ParameterName } from '../../faults/fault.ts';
import type { Environment } from '../environment.ts';
import { createScreen } from '../terminal/screen.ts';
import { askWorld, worldToAsk } from '../up/control-client.ts';
import { describeFault } from '../up/fault-line.ts';
import { upPaths } from '../up/paths.ts';
import { readState } from '../up/state.ts';
import type { FaultClearFlags, FaultFlags } from './fault.flags.ts';
import { argvOfStateDir, type StateDirFlags } from './state-dir.flags.ts';

const PARAMETERS: readonly ParameterName[] = ['cluster', 'from', 'network', 'node', 'ms'];

/** Begins a fault. @throws HarnessError if there is no such fault, no world, or it cannot have it */
export async function faultCommand(
  name: string,
  flags: FaultFlags,
  environment: Environment,
): Promise<number> {
  const screen = createScreen(environment);
  faultOf(name);
  const { socket } = worldToAsk(upPaths(flags.stateDir, environment.env));
  const values = Object.fromEntries(
    PARAMETERS.flatMap(key => (flags[key] === undefined ? [] : [[key, flags[key]]])),
  );
  const asked = { path: 'POST /faults', body: { fault: name, values } } as const;
  const [begun] = await askWorld(socket, asked, environment.signal);
  if (!begun) return EXIT.unknown;
  screen.result(`${begun.id}: ${begun.what}`);
  screen.progress(`Take it back: ${clearLine(begun.id, flags)}`);
  return EXIT.passed;
}

const clearLine = (id: string, flags: StateDirFlags): string =>
  quoteArgv(['mesh-harness', 'fault', 'clear', id, ...argvOfStateDir(flags)]);

/** Shows the catalog, and what is in force if a world is up. */
export async function faultListCommand(flags: StateDirFlags, environment: Environment): Promise<number> {
  const screen = createScreen(environment);
  const paths = upPaths(flags.stateDir, environment.env);
  const width = Math.max(...FAULTS.map(({ id }) => id.length));
  for (const fault of FAULTS)
    screen.result(`${fault.id.padEnd(width)}  ${fault.sentence}${describeParameters(fault)}`);
  if (!readState(paths)?.alive) {
    screen.progress('\nNo clusters are up in which one could be in force.');
    return EXIT.passed;
  }
  const { state, socket } = worldToAsk(paths);
  const inForce = await askWorld(socket, { path: 'GET /faults' }, environment.signal);
  screen.result(`\nIn force in ${state.scenario}:${inForce.length === 0 ? ' none' : ''}`);
  for (const fault of inForce) screen.result(`  ${describeFault(fault)}`);
  return EXIT.passed;
}

const describeParameters = ({ parameters }: FaultDefinition): string => {
  const names = Object.keys(parameters);
  return names.length === 0 ? '' : ` (${names.map(name => `--${name}`).join(', ')})`;
};

/** Takes one or all back. @throws HarnessError if it is not in force, or cannot be taken back */
export async function faultClearCommand(
  id: string | undefined,
  flags: FaultClearFlags,
  environment: Environment,
): Promise<number> {
  if ((id === undefined) === !flags.all)
    throw new HarnessError('ERR_USAGE', 'fault clear takes either the id of a fault or --all.', {
      hint: 'mesh-harness fault list shows those that are in force.',
    });
  const screen = createScreen(environment);
  const { socket } = worldToAsk(upPaths(flags.stateDir, environment.env));
  const asked = { path: 'POST /faults/clear', body: id === undefined ? {} : { id } } as const;
  const cleared = await askWorld(socket, asked, environment.signal);
  for (const fault of cleared) screen.result(`${fault.id} is taken back.`);
  if (cleared.length === 0) screen.result('No fault was in force.');
  return EXIT.passed;
}
