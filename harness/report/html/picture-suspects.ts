/** Which element of a picture the diagnosis points to. Pure. */
import type { Diagnosis } from '../../verify/check.ts';
import { type StepSubject, subjectOf } from '../../verify/diagnose/steps.ts';
import type { ScenarioReport } from '../report.ts';
import type { Part, PictureModel } from './picture-model.ts';

/** Marks what the diagnosis points to. */
export const FLAG = '\u2691';

/** Finds the diagnosis that the verdict rests on, or the first that there is. */
function leadingDiagnosis({ verdict, reason, checks, steps }: ScenarioReport): Diagnosis | undefined {
  if (verdict === 'passed') return undefined;
  const found = [
    reason?.diagnosis,
    ...steps.map(({ problem }) => problem?.diagnosis),
    ...checks.map(({ diagnosis }) => diagnosis),
  ];
  return found.find(diagnosis => diagnosis !== undefined);
}

/** What a step makes stands in these parts, the first that is drawn. */
const PLACES: Readonly<Record<Exclude<StepSubject['topic'], 'remote-secret'>, readonly Part['kind'][]>> = {
  certificates: ['istiod', 'istiod-service'],
  'istio-namespace': ['istiod', 'istiod-service'],
  'network-label': ['gateway', 'istiod', 'istiod-service'],
  'control-plane-annotation': ['istiod-service', 'istiod'],
  install: ['istiod', 'istiod-service'],
  'gateway-install': ['gateway'],
  'gateway-address': ['gateway'],
  'expose-istiod': ['gateway', 'istiod'],
  'discovery-address': ['gateway', 'istiod'],
  'expose-services': ['gateway'],
  'sample-namespace': ['client', 'helloworld'],
  injection: ['client', 'helloworld'],
  service: ['helloworld', 'client'],
  workload: ['helloworld'],
  client: ['client'],
};

/** Returns the ids of what the first step of the diagnosis makes; none if nothing of it is drawn. */
export function suspectsOf(scenario: ScenarioReport, model: PictureModel): ReadonlySet<string> {
  const [step] = leadingDiagnosis(scenario)?.steps ?? [];
  const subject = step === undefined ? undefined : subjectOf(step);
  if (step === undefined || !subject) return new Set();
  if ('into' in subject) {
    const id = `secret/${subject.into}/${subject.of}`;
    return new Set(model.ways.filter(way => way.id === id || way.id.startsWith(`${id}/`)).map(way => way.id));
  }
  const { topic, cluster } = subject;
  const version = /deploy-helloworld-(.+)$/.exec(step)?.[1];
  return new Set(
    model.clusters
      .filter(({ name }) => cluster === undefined || name === cluster)
      .flatMap(({ parts }) => {
        const kind = PLACES[topic].find(each => parts.some(part => part.kind === each));
        return parts.filter(
          part => part.kind === kind && (topic !== 'workload' || part.id.endsWith(`/${version}`)),
        );
      })
      .map(({ id }) => id),
  );
}
