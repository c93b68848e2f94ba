/** The two ends of reading what istiod sent: a refusal, or a note that something has no effect. */

/** Control characters, which would break the one line. */
const CONTROL = /\p{Cc}/gu;

/** Why a resource is not taken: one line, in Envoy's words where Envoy would refuse it too. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(message: string, options?: ErrorOptions) {
    const oneLine = message.replace(
      CONTROL,
      sign => `\\x${(sign.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
    );
    super(oneLine, options);
  }
}

/**
 * Told of what is taken without being executed: `accepted without effect: <what>, because <why>`, without
 * names of resources, so that equal notes are equal texts.
 */
export type OnNote = (note: string) => void;
