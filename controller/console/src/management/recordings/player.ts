// SPDX-License-Identifier: Apache-2.0
import type { Cast, Extent } from "./cast";

/** What a recording is shown on. */
export interface CastScreen {
  /** Done when it is drawn. */
  write(text: string): Promise<void>;
  resize(size: Extent): void;
  /** Empty, as at the beginning. */
  reset(): void;
}

/** So much is given to the screen at a time. */
const PIECE = 256 << 10;

/** Plays a recording. Knows no clock: `advance` tells that time went by. */
export class CastPlayer {
  at = 0;
  playing = false;
  speed = 1;

  /** Events before it are on the screen, or on their way. */
  private next = 0;
  private drawing = false;
  /** Counts jumps: what an earlier one still draws is not wanted. */
  private turn = 0;

  constructor(
    private cast: Cast,
    private readonly screen: CastScreen,
    private readonly changed: () => void,
  ) {
    screen.resize(cast.size);
  }

  get seconds() {
    return this.cast.seconds;
  }

  play() {
    if (this.at >= this.seconds) void this.seek(0);
    this.playing = true;
    this.changed();
  }

  pause() {
    this.playing = false;
    this.changed();
  }

  /** So many seconds went by. While the screen is behind, the recording waits for it. */
  advance(seconds: number) {
    if (!this.playing || this.drawing) return;
    this.at = Math.min(this.seconds, this.at + seconds * this.speed);
    if (this.at >= this.seconds) this.playing = false;
    void this.draw();
    this.changed();
  }

  async seek(to: number) {
    const goal = Math.min(Math.max(0, to), this.seconds);
    this.turn += 1;
    this.drawing = false;
    if (goal < this.at) {
      this.screen.reset();
      this.screen.resize(this.cast.size);
      this.next = 0;
    }
    this.at = goal;
    this.changed();
    await this.draw();
  }

  /** The same recording with other times. It stays where it is in what was shown. */
  retime(cast: Cast) {
    const into = this.at - (this.cast.events[this.next - 1]?.at ?? 0);
    const before = cast.events[this.next - 1]?.at ?? 0;
    const after = cast.events[this.next]?.at ?? cast.seconds;
    this.cast = cast;
    this.at = Math.min(before + into, after);
    this.changed();
  }

  private async draw() {
    const turn = this.turn;
    const { events } = this.cast;
    this.drawing = true;
    while (turn === this.turn && this.next < events.length && events[this.next].at <= this.at) {
      const { size } = events[this.next];
      if (size) {
        this.screen.resize(size);
        this.next += 1;
        continue;
      }
      let text = "";
      while (this.next < events.length && events[this.next].at <= this.at && !events[this.next].size && text.length < PIECE) {
        text += events[this.next].text ?? "";
        this.next += 1;
      }
      await this.screen.write(text);
    }
    if (turn === this.turn) this.drawing = false;
  }
}
