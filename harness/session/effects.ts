/** Where an option of a session has an effect. One that has none is refused: nobody is to believe it had. */
import { HarnessError } from '../base/errors.ts';
import type { PlatformName } from '../platform/platform.ts';
import type { OpenedOptions } from './opened.ts';

/** The platforms that are chosen by a name. */
export const PLATFORM_NAMES: readonly PlatformName[] = ['simulator', 'kind', 'existing'];

/** Option → the platforms on which it has an effect, where that is not all of them. */
export const OPTION_PLATFORMS = {
  /** Nothing is left of a simulated world when its process ends. */
  keep: ['kind', 'existing'],
  /** Elsewhere nothing can be made to fail. */
  faults: ['simulator'],
  /** Real clusters are what they are. */
  kubernetes: ['simulator'],
  open: ['simulator'],
  real: ['kind', 'existing'],
  /** Names and picks of the simulator; of existing clusters those of our own tools, if they are simulated. */
  seed: ['simulator', 'existing'],
  traceFolder: ['simulator'],
} as const satisfies Partial<Record<keyof OpenedOptions, readonly PlatformName[]>>;

/** @throws HarnessError ERR_USAGE for an option that was given and has no effect */
export function assertEffects(options: OpenedOptions): void {
  const { platform = 'simulator', plan, edition } = options;
  const name = typeof platform === 'string' ? platform : undefined;
  const isGiven = (option: keyof OpenedOptions) => {
    const value = options[option];
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  };
  const refuse = (message: string, hint: string): never => {
    throw new HarnessError('ERR_USAGE', message, { hint });
  };
  for (const [option, platforms] of entriesOf(OPTION_PLATFORMS)) {
    if (!isGiven(option)) continue;
    const words = `\`${option}\` is for platform: ${platforms.map(each => `'${each}'`).join(' or ')}.`;
    if (name !== undefined && !platforms.some(each => each === name))
      refuse(words, `This session is on ${name}. Leave it out, or name that platform.`);
    if (name === undefined && isOfNamed(option))
      refuse(words, 'A platform that is given as an object has such settings in itself.');
  }
  if (isGiven('extended') && isGiven('onlyChecks'))
    refuse('`extended` has no effect beside `onlyChecks`.', 'What that names is asked, extended or not.');
  if (plan && edition !== undefined && plan.edition !== edition)
    refuse(
      `The plan is of edition ${plan.edition}; \`edition: '${edition}'\` has no effect.`,
      'Leave it out.',
    );
}

/** Tells whether an option makes the platform, which one that is an object is already. */
const isOfNamed = (option: keyof typeof OPTION_PLATFORMS): boolean =>
  option === 'kubernetes' || option === 'open' || option === 'real' || option === 'traceFolder';

const entriesOf = <Key extends string, Value>(table: Readonly<Record<Key, Value>>): [Key, Value][] =>
  Object.entries(table) as [Key, Value][]; // the tables above have no other keys
