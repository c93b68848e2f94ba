/** The log of a container, as text. */

import type { LogOptions } from '../../kubelet-api.ts';
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest } from '../../registry/status.ts';
import { sendHead } from '../answer-head.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { isTrue, type ResourceRequest } from '../request-info.ts';
import { chooseContainer, nodeOf } from '../streaming/container.ts';
import { LogMessages, LogText } from '../streaming/log-sinks.ts';
import { transportOf } from '../streaming/upgrade.ts';

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (value < 0 || (name !== 'tailLines' && value === 0)) {
    throw invalid({ group: '', kind: 'PodLogOptions' }, '', [
      invalidValue(
        name,
        value,
        name === 'tailLines' ? 'must be greater than or equal to 0' : 'must be greater than 0',
      ),
    ]);
  }
  return value;
}

function optionsOf(query: URLSearchParams): LogOptions {
  const tailLines = numberIn(query, 'tailLines');
  const sinceSeconds = numberIn(query, 'sinceSeconds');
  const limitBytes = numberIn(query, 'limitBytes');
  const sinceTime = query.get('sinceTime');
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceTime !== null && sinceTime !== '' && { sinceTime: Date.parse(sinceTime) }),
  };
}

/** Answers `pods/log` with plain text, or over a WebSocket, and follows if asked to. */
export async function handleLogs(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info, upgrade } = call;
  const pod = environment.objects.get(type, info.namespace, info.name);
  const container = chooseContainer(pod, info.query.get('container'));
  const options = optionsOf(info.query);
  if (nodeOf(pod) === undefined) {
    sendHead(call, 204).end();
    return;
  }
  const isSocket = upgrade !== undefined && transportOf(upgrade) === 'websocket';
  const sink = isSocket ? new LogMessages({ ...call, upgrade }) : new LogText(call, options.follow);
  const signal = AbortSignal.any([sink.gone, environment.signal]);
  const ended = environment.kubelets.logs(pod, container, options, text => sink.write(text), signal);
  if (options.follow) {
    // A refusal comes in this turn of the event loop; after it the headers go out, so that the client knows
    // that it follows.
    const next = setImmediate(() => sink.start());
    await ended.finally(() => clearImmediate(next));
  } else await ended;
  sink.end();
}
