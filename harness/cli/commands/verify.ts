/** `mesh-harness verify [SCENARIO]`: the checks on a mesh that is there, without an installation. */
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import type { Topology } from '../../model/topology.ts';
import { planTopology } from '../../plan/plan.ts';
import type { Plan } from '../../plan/step.ts';
import { workloadSteps } from '../../plan/workloads.ts';
import { AttachedPlatform } from '../../platform/attached/attached-platform.ts';
import { editionFor } from '../../platform/versions.ts';
import { stateFolder } from '../../process/folders.ts';
import { assertWritable } from '../../report/write.ts';
import type { RunEvent, RunListener } from '../../run/events.ts';
import type { Scenario } from '../../scenario/read-scenario.ts';
import { defaultEdition } from '../../session/options.ts';
import { type PreparedSession, prepareSession } from '../../session/prepare.ts';
import { reportOf } from '../../session/run.ts';
import { differencesFrom } from '../../verify/survey/compare.ts';
import type { Survey } from '../../verify/survey/survey.ts';
import type { Environment } from '../environment.ts';
import { assertGithubSwitch } from '../github.ts';
import { keepReports, placeOf } from '../report-folder.ts';
import { createResults } from '../result-output.ts';
import { scenarioOf } from '../scenarios.ts';
import { surveyTarget } from '../survey-target.ts';
import { findTarget, type Target } from '../target.ts';
import { createProgress } from '../terminal/create-progress.ts';
import { silentProgress } from '../terminal/progress.ts';
import { createScreen } from '../terminal/screen.ts';
import { diagnosticsIn, publishResults, tellWhatIsNext } from './run-results.ts';
import { argvOfVerify, type VerifyFlags } from './verify.flags.ts';

/**
 * Verifies a mesh. Everything that can be wrong with the command line is found before anything is asked of
 * the mesh.
 * @param name - of the scenario that the mesh should be; undefined to read it from the clusters
 */
export async function verifyCommand(
  name: string | undefined,
  flags: VerifyFlags,
  environment: Environment,
): Promise<number> {
  const { env, signal } = environment;
  const screen = createScreen(environment);
  assertGithubSwitch(env);
  const tell = (text: string) => flags.quiet || screen.progress(text);
  const scenario = name === undefined ? undefined : await scenarioOf(name, signal);
  const target = findTarget(flags, scenario?.topology, environment);
  const survey = await surveyTarget(target, signal);
  const verification = verificationOf({ flags, scenario, target, survey });
  const results = createResults(flags.output, environment);
  const events: RunEvent[] = [];
  const startedAtMs = systemClock.now();
  const progress = flags.quiet ? silentProgress : await createProgress(screen, systemClock, flags.verbose);
  try {
    const session = await sessionOf(verification, { signal, state: stateFolder(env) }, [
      event => void events.push(event),
      progress.listener,
      results.listener,
    ]);
    await assertWritable(placeOf(session.runId, flags));
    for (const line of linesOn(verification)) tell(line);
    results.begin([verification.topology.name]);
    const { listenerFailures } = await session.start();
    for (const failure of listenerFailures) screen.progress(`mesh-harness: ${failure}`);
    progress.stop();
    const place = placeOf(session.runId, flags);
    const again = quoteArgv(['mesh-harness', ...argvOfVerify(name, flags)]);
    const report = reportOf(events, startedAtMs, { reproduce: again, ...diagnosticsIn(place) });
    const { files, exitCode } = await publishResults(place, report, { results, screen, environment });
    tellWhatIsNext(report, files, { again, names: name === undefined ? [] : [name] }, tell);
    if (files.length > 0) await keepReports(place, flags, tell, screen.progress);
    results.end(report, { exitCode, files });
    return exitCode;
  } finally {
    progress.stop();
  }
}

/** What is verified, and where. */
interface Verification {
  readonly flags: VerifyFlags;
  readonly scenario: Scenario | undefined;
  readonly target: Target;
  readonly survey: Survey;
  readonly topology: Topology;
  readonly plan: Plan;
  readonly edition: string;
}

/** @throws HarnessError ERR_USAGE if workloads are to be deployed that are there; ERR_UNKNOWN_EDITION */
function verificationOf(asked: Pick<Verification, 'flags' | 'scenario' | 'target' | 'survey'>): Verification {
  const { flags, scenario, target, survey } = asked;
  const isSimulated = survey.isSimulated || target.platform === 'simulator';
  const edition =
    flags.edition ??
    (survey.istioVersion === undefined ? undefined : editionFor(survey.istioVersion)) ??
    target.edition ??
    defaultEdition(isSimulated ? 'simulator' : 'existing');
  const topology = scenario?.topology ?? survey.topology;
  const plan = planTopology(topology, edition);
  if (flags.deploy) refuseDeployed(survey);
  // Pages of the guide have had another client: one that is there is asked, whatever the edition.
  const client = flags.deploy ? plan.client : (survey.client ?? plan.client);
  const istioVersion = (isSimulated ? undefined : survey.istioVersion) ?? plan.istioVersion;
  return {
    ...asked,
    topology,
    plan: { ...plan, client, istioVersion, writtenFor: plan.istioVersion },
    edition,
  };
}

function refuseDeployed({ clusters }: Survey): void {
  const there = clusters.find(({ workloads }) => workloads.length > 0);
  if (there)
    throw new HarnessError('ERR_USAGE', `${there.workloads.join(' and ')} run in ${there.name} already.`, {
      hint:
        'Leave --deploy out: what is there is verified. Or remove the namespace sample first; ' +
        'what a killed run has left, mesh-harness clean removes.',
    });
}

/** Says what is looked at, what it was taken for, and what does not fit together. */
function linesOn({ flags, scenario, target, survey, topology, edition }: Verification): readonly string[] {
  const missing = survey.clusters.filter(({ workloads }) => workloads.length === 0);
  const taken = scenario
    ? `Verified as ${topology.name} (edition ${edition}).`
    : `Taken for ${topology.name} (edition ${edition}):`;
  return [
    `Clusters: ${target.from}. ${taken}`,
    ...(scenario ? differencesFrom(topology, survey.topology) : survey.sentences).map(line => `  ${line}`),
    ...(target.scenario !== undefined && !scenario && target.scenario !== topology.name
      ? [
          `  ! It was started for ${target.scenario}: what of that is missing, ` +
            `mesh-harness verify ${target.scenario} tells.`,
        ]
      : []),
    ...survey.doubts.map(doubt => `  ! ${doubt}`),
    ...(missing.length > 0 && !flags.deploy
      ? [
          `  ! Neither HelloWorld nor a client runs in ${missing.map(({ name }) => name).join(', ')}; ` +
            '--deploy puts them in for the time.',
        ]
      : []),
  ];
}

function sessionOf(
  { flags, scenario, target, survey, topology, plan }: Verification,
  { signal, state }: { readonly signal: AbortSignal; readonly state: string },
  listeners: readonly RunListener[],
): Promise<PreparedSession> {
  const requests = flags.requests ?? scenario?.verify.requests;
  const risk = flags.risk ?? scenario?.verify.risk;
  const withNamespace = survey.clusters.filter(each => each.hasNamespace).map(each => each.name);
  return prepareSession({
    topology,
    platform: new AttachedPlatform({
      name: target.platform,
      kubeconfigs: kubeconfigsOf({ target, survey, scenario }),
      isSimulated: survey.isSimulated || target.clusters.some(({ simulated }) => simulated !== undefined),
      ...(target.controlPlane && { controlPlane: target.controlPlane }),
      ...(flags.deploy && { deploysBy: state }),
    }),
    plan: flags.deploy ? workloadSteps(plan, withNamespace) : plan,
    steps: flags.deploy ? 'all' : 'none',
    // A diagnosis points to steps that somebody else has done.
    wholePlan: plan,
    extended: flags.check.length === 0,
    onlyChecks: flags.check,
    skipChecks: flags.skipCheck,
    allowChanges: flags.allowChanges,
    // A mesh that was installed a while ago need not spread any more.
    deadlineScale: (flags.wait ?? (flags.deploy ? 120 : 30)) / 120,
    ...(requests !== undefined && { requests }),
    ...(risk !== undefined && { risk }),
    diagnosticsFolder: runId => path.join(placeOf(runId, flags).folder, 'diagnostics', topology.name),
    listeners,
    signal,
  });
}

/** Names each kubeconfig as the topology does: a scenario by the user's names, else by the clusters' own. */
function kubeconfigsOf({ target, survey, scenario }: Pick<Verification, 'target' | 'survey' | 'scenario'>) {
  return new Map(
    target.clusters.map(({ cluster, kubeconfig }) => {
      const own = survey.clusters.find(({ given }) => given === cluster)?.name;
      return [scenario ? cluster : (own ?? cluster), kubeconfig] as const;
    }),
  );
}
