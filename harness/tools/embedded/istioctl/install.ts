/** `istioctl install`: the dialogue, the objects in order, and the wait for them. */
import { dump } from 'js-yaml';
import { linkedSignal } from '../../../base/deadline.ts';
import { messageOf } from '../../../base/errors.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';
import type { InstallComponent, InstallPlan } from '../../../simulator/istio/install/install-plan.ts';
import { ToolExit } from '../invocation.ts';
import { apiErrorText, connectionText } from '../kubectl/errors.ts';
import { applyObject, objectName } from './apply-objects.ts';
import { confirmed, INPUT_FLAGS, renderInput } from './install-input.ts';
import { prune, wasInstalled } from './prune.ts';
import { waitForTargets } from './readiness.ts';
import { type IstioctlRelease, releaseOf } from './releases.ts';
import { dropStaleSlices } from './stale-slices.ts';
import { hasDefaultTag } from './tagged-objects.ts';
import { withCause } from './unready-cause.ts';
import type { Call, Verb } from './verb.ts';

const READINESS_TIMEOUT_MS = 300_000;
/** How long what comes after a failure is looked at: as long as istioctl's first round. */
const GLANCE_MS = 2_000;

/** Asks, puts the components in place in their order, and waits until each is ready. */
export const install: Verb = {
  flags: {
    ...INPUT_FLAGS,
    'skip-confirmation': { type: 'boolean', short: 'y' },
    'readiness-timeout': { type: 'duration' },
    'dry-run': { type: 'boolean' },
  },
  maxArgs: 0,
  async run(call) {
    const { invocation, flags, istioVersion } = call;
    const release = releaseOf(istioVersion).install;
    const early = release.readsFirst ? renderInput(call) : undefined;
    const what = early ? `Istio ${istioVersion} profile "${early.profile}"` : 'Istio profile';
    if (
      !flags.boolean('skip-confirmation') &&
      !(await confirmed(call, `This will install the ${what} into the cluster. Proceed? (y/N) `))
    ) {
      throw new ToolExit('Cancelled.');
    }
    const plan = early ?? renderInput(call);
    if (flags.boolean('dry-run')) {
      invocation.stdout('✔ Installation complete\n');
      return 0;
    }
    await ensureNamespace(call, plan);
    const isAgain = await wasInstalled(call, plan);
    const failures = await installComponents(call, plan, release);
    if (failures.length > 0) {
      throw new ToolExit(`Error: failed to install manifests: ${release.failed(failures)}`);
    }
    if (plan.state) await applyObject(call, plan.state, true);
    invocation.stdout('- Pruning removed resources\n');
    if (isAgain) await prune(call, plan);
    await dropStaleSlices(call, plan);
    invocation.stdout('✔ Installation complete\n');
    // operator/pkg/webhook/webhook.go, detectIfTagWebhookIsNeeded @1.30.3
    const isTagged = plan.tags.length > 0 && (plan.revision === 'default' || !(await hasDefaultTag(call)));
    for (const object of isTagged ? plan.tags : []) await applyObject(call, object, release.overlays);
    return 0;
  },
};

/** `istioctl manifest generate`: the objects as YAML. */
export const manifestGenerate: Verb = {
  flags: INPUT_FLAGS,
  maxArgs: 0,
  tooMany: word =>
    new ToolExit(`Error: generate accepts no positional arguments, got []string{${JSON.stringify(word)}}`),
  async run(call) {
    const plan = renderInput(call, 'generate');
    const objects = plan.components.flatMap(({ objects: inside }) => inside);
    call.invocation.stdout(
      objects.map(object => `${dump(object, { noRefs: true, lineWidth: -1 })}---\n`).join(''),
    );
    return 0;
  },
};

/** Makes the namespace if it is missing. An existing one keeps its labels. */
async function ensureNamespace({ client, signal }: Call, { namespace }: InstallPlan): Promise<void> {
  const path = { apiVersion: 'v1', plural: 'namespaces' };
  try {
    await client.get({ ...path, name: namespace.metadata.name ?? '' }, signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.create(path, namespace, {}, signal);
  }
}

type Installer = IstioctlRelease['install'];

/** @returns why components failed */
async function installComponents(
  call: Call,
  plan: InstallPlan,
  release: Installer,
): Promise<readonly string[]> {
  const { invocation } = call;
  const failures: string[] = [];
  for (const component of plan.components) {
    invocation.stdout(`- Processing resources for ${component.name}.\n`);
    // Unlike istioctl, which gives each component five minutes of its own, what comes after a failure is put
    // in place but not waited for, or for two seconds.
    const failure = await installOne(call, component, release, failures.length === 0);
    if (failure === undefined)
      invocation.stdout(`✔ ${component.name} installed${release.ornaments[component.name] ?? ''}\n`);
    else {
      failures.push(failure);
      invocation.stderr(`✘ ${component.name} encountered an error: ${failure}\n`);
    }
  }
  return failures;
}

async function installOne(
  call: Call,
  component: InstallComponent,
  release: Installer,
  patient: boolean,
): Promise<string | undefined> {
  const { signal } = call;
  const nameless = namelessOf(component);
  if (nameless) return release.refused(objectName(nameless), 'name is required');
  for (const object of component.objects) {
    try {
      await applyObject(call, object, release.overlays);
    } catch (error) {
      signal.throwIfAborted();
      if (connectionText(error) !== undefined) throw error;
      const isRefusal = apiErrorText(error) !== undefined || /^no matches for kind/.test(messageOf(error));
      if (!isRefusal) throw error;
      return release.refused(objectName(object), messageOf(error));
    }
  }
  return await failureToGetReady(call, component, release, patient);
}

/** The first object without a name, in the order of the charts' files: that of the autoscaler comes first. */
const namelessOf = ({ objects }: InstallComponent) =>
  objects.find(({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === '') ??
  objects.find(({ metadata }) => metadata.name === '');

async function failureToGetReady(
  call: Call,
  component: InstallComponent,
  release: Installer,
  patient: boolean,
): Promise<string | undefined> {
  const { client, flags, invocation, signal } = call;
  const timeoutMs = flags.durationMs('readiness-timeout') ?? READINESS_TIMEOUT_MS;
  const waitMs = patient ? timeoutMs : release.tellsCauses ? Math.min(GLANCE_MS, timeoutMs) : 0;
  using deadline = linkedSignal(signal, { clock: invocation.clock, timeoutMs: waitMs });
  const onWaiting = (names: readonly string[]) => {
    if (!patient) return;
    invocation.onProgress(`${component.name}: waiting for ${names.join(', ')}`);
    invocation.stdout(`- Processing resources for ${component.name}. Waiting for ${names.join(', ')}\n`);
  };
  const missing = await waitForTargets(client, component.waitsFor, onWaiting, deadline.signal);
  signal.throwIfAborted();
  if (missing.length === 0) return undefined;
  const lines = release.tellsCauses
    ? await Promise.all(missing.map(name => withCause(client, name, signal)))
    : missing;
  return `failed to wait for resource: resources not ready after ${duration(timeoutMs)}: ${release.timedOut}\n${lines.join('\n')}`;
}

/** Writes a duration as Go does: `5m0s`. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
