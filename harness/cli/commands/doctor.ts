/** `mesh-harness doctor` */
import { EXIT, HarnessError } from '../../base/errors.ts';
import { platformMaker } from '../../platform/catalog.ts';
import type { Environment } from '../environment.ts';
import { FLAG_TABLE } from '../flag-table.ts';
import { assertBundleFile } from '../given-files.ts';
import { chooseEdition, choosePlatform } from '../platform-choice.ts';
import { realSettings } from '../real-settings.ts';
import { createScreen } from '../terminal/screen.ts';
import type { DoctorFlags } from './doctor.flags.ts';

/**
 * Prints a line for each finding, and below it what to do.
 * @returns 0 if all is well, 3 otherwise
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_USAGE
 */
export async function doctorCommand(flags: DoctorFlags, environment: Environment): Promise<number> {
  const { env, signal } = environment;
  const screen = createScreen(environment);
  const choice = choosePlatform(
    flags.platform ?? env['MESH_HARNESS_PLATFORM'] ?? FLAG_TABLE.doctor.platform,
    env,
  );
  const edition = await editionOf(flags, choice.name, signal);
  const real = realSettings(flags, edition, environment, () => {});
  const platform = await platformMaker(choice.name)({ seed: '1', real });
  if (choice.because !== undefined) screen.result(`Platform: ${choice.name} (${choice.because})`);
  const findings = await platform.doctor(signal);
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  for (const { subject, ok, found, fix } of findings) {
    screen.result(`${ok ? '✓' : '✗'} ${subject.padEnd(width)}  ${found}`);
    if (!ok && fix !== undefined) screen.result(`  ${' '.repeat(width)}  ${fix}`);
  }
  return findings.every(({ ok }) => ok) ? EXIT.passed : EXIT.unknown;
}

/** Chooses the edition as a run does; that a bundle is none, or damaged, is a finding among the others. */
async function editionOf(flags: DoctorFlags, platform: string, signal: AbortSignal): Promise<string> {
  const { bundle, ...others } = flags;
  if (bundle !== undefined) assertBundleFile(bundle, `--bundle ${bundle}`);
  try {
    return (await chooseEdition(flags, platform, signal)).name;
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'ERR_PLATFORM_NOT_READY') throw error;
    return (await chooseEdition(others, platform, signal)).name;
  }
}
