/** Events of the engine. */
import { createInterface } from 'node:readline';
import * as z from '../../../base/zod.ts';
import type { Client, Engine } from './engine.ts';

/** moby/moby api/types/events `Message`, of which only the end of a container is read. */
const attributes = z.object({ name: z.string().default(''), exitCode: z.string().default('unknown') });
const event = z.object({ Actor: z.object({ Attributes: attributes.prefault({}) }).prefault({}) });

/**
 * Reads a line of the engine's answer.
 * @throws SyntaxError for what is no JSON, ZodError for what is no event
 */
export function readEnd(line: string): { readonly name: string; readonly exitCode: string } {
  return event.parse(JSON.parse(line)).Actor.Attributes;
}

/** Returns the call that reports the containers that end. */
export function eventCalls(client: Client): Pick<Engine, 'watchEnds'> {
  const docker = client.container.dockerode;
  return {
    watchEnds: async (names, onEnd, onLost, signal) => {
      const events = await docker.getEvents({
        abortSignal: signal,
        filters: { type: ['container'], event: ['die'], container: [...names] },
      });
      // Lines of JSON; one event may come in several pieces.
      const lines = createInterface({ input: events, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on('line', line => {
        try {
          const { name, exitCode } = readEnd(line);
          onEnd(name, exitCode);
        } catch (error) {
          lost(error);
        }
      });
      const lost = (error?: unknown) => {
        if (!signal.aborted) onLost(error ?? new Error('its answer ended'));
      };
      events.on('error', lost);
      lines.on('error', lost);
      lines.on('close', () => lost());
    },
  };
}
