/** How a step can fail, on a platform without clusters, and whose fault that is. */
import type { Verdict } from '../../../harness/run/events.ts';
import type { RunOutcome } from '../../../harness/run/run.ts';
import { run } from '../../../harness/run/runner.ts';
import {
  type Action,
  planOf,
  SmallPlatform,
  SmallTools,
  smallTopology,
  step,
} from '../../support/small-plan.ts';

/** What a tool does, and the verdict on a run that has no other step. */
interface StepFault {
  readonly what: string;
  readonly verdict: Verdict;
  readonly because: RegExp;
  readonly action: Action;
}

export const STEPS: readonly StepFault[] = [
  {
    what: 'a tool is killed',
    verdict: 'unknown',
    because: /kubectl was killed/,
    action: () => ({ exitCode: 137, fault: 'killed' }),
  },
  {
    what: 'a tool is missing',
    verdict: 'unknown',
    because: /kubectl is not there/,
    action: () => ({ exitCode: 127, fault: 'missing-tool', stderr: 'not found' }),
  },
  {
    what: 'a tool hangs beyond its time',
    verdict: 'unknown',
    because: /kubectl did not end within 60 s/,
    action: () => ({ exitCode: 143, fault: 'timeout' }),
  },
  {
    what: 'a tool hangs beyond the time of its step',
    verdict: 'unknown',
    because: /did not end within 120 s/,
    action: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  },
  {
    what: 'a tool does not reach the API server',
    verdict: 'unknown',
    because: /could not reach the API server/,
    action: () => ({ exitCode: 1, fault: 'api-unreachable', stderr: 'Unable to connect to the server: EOF' }),
  },
  {
    what: 'a tool cannot be begun',
    verdict: 'unknown',
    because: /EAGAIN/,
    action: () => Promise.reject(new Error('spawn EAGAIN')),
  },
  {
    what: 'what a tool asks for is not there',
    verdict: 'failed',
    because: /"sample" not found/,
    action: () => ({ exitCode: 1, stderr: 'Error from server (NotFound): namespaces "sample" not found\n' }),
  },
  {
    what: 'a tool waits for what never gets ready, and says so',
    verdict: 'failed',
    because: /timed out waiting/,
    action: () => ({ exitCode: 1, stderr: 'error: timed out waiting for the condition\n' }),
  },
];

/** Runs a plan of one step. */
export function verdictOnStep(action: Action): Promise<RunOutcome> {
  const platform = new SmallPlatform();
  const tools = new SmallTools(platform.jumping, { ask: action });
  return run({
    topology: smallTopology,
    plan: planOf(step('ask')),
    seed: '1',
    runId: 'run-1',
    tools: () => tools,
    platform,
  });
}
