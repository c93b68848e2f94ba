/**
 * Progress on a terminal: what is done scrolls up as plain lines, and what runs stands below, clusters side
 * by side, with timers.
 */
import { createLogUpdate } from 'log-update';
import type { Clock, Timer } from '../../base/clock.ts';
import { ProgressLines } from './lines.ts';
import { LivePicture } from './live-picture.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/** Milliseconds between two pictures. */
const FRAME_MS = 120;

/**
 * Shows progress on a terminal.
 * @param clock - the wall's: the picture is drawn anew while nothing happens, so that timers move
 */
export function createLiveProgress(
  screen: Screen,
  stream: NodeJS.WriteStream,
  clock: Clock,
  isVerbose = false,
): Progress {
  const lines = new ProgressLines({ style: screen.progressStyle, now: () => clock.now(), isVerbose });
  const picture = new LivePicture();
  const update = createLogUpdate(stream);
  let timer: Timer | undefined;
  let drawnAt = 0;
  const draw = () => {
    drawnAt = clock.now();
    const drawn = picture.draw(screen.width, drawnAt);
    if (drawn.length === 0) update.clear();
    else update(drawn.map(line => screen.progressColours.cyan(line)).join('\n'));
  };
  const tick = () => {
    draw();
    timer = clock.setTimeout(tick, FRAME_MS);
  };
  let isDrawing = false;
  const stop = () => {
    if (!isDrawing) return;
    isDrawing = false;
    clock.clearTimeout(timer);
    timer = undefined;
    update.clear();
    update.done();
  };
  return {
    listener: event => {
      if (event.type === 'run-started' && !isDrawing) {
        isDrawing = true;
        timer = clock.setTimeout(tick, FRAME_MS);
      }
      picture.apply(event, id => lines.nameOf(id), clock.now());
      const finished = lines.of(event);
      if (finished.length > 0) {
        update.clear();
        for (const line of finished) screen.progress(line, 'whole');
      }
      // A busy simulated world leaves the timer little room: events draw too, but not more often than the
      // timer would.
      if (finished.length > 0 || clock.now() - drawnAt >= FRAME_MS) draw();
      if (event.type === 'run-ended') stop();
    },
    stop,
  };
}
