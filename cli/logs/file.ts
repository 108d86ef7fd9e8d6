import { join } from "node:path";
import { list } from "./clean.ts";
import { archiveName, dayOf } from "./retention.ts";

/** Lines are written this long after they came, or when so much has gathered. */
const DELAY_MS = 500;
const GATHERED = 64 * 1024;
/** After a failure nothing is tried for so long. */
const PAUSE_MS = 30_000;

export interface LogFileOptions {
  readonly directory: string;
  /** The file is NAME.log. */
  readonly name: string;
  readonly maxBytes: number;
  now(): Date;
  /** Called once when writing begins to fail, with a sentence. */
  complain(sentence: string): void;
  /** Called when a file has been set aside. */
  rotated(): void;
}

/**
 * NAME.log, set aside each day and when it is full. Never throws: where the disk is full or the folder cannot be
 * written, lines are lost, and it is tried again half a minute later.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open: { file: Deno.FsFile; day: string; bytes: number } | undefined;
  #pausedUntil = 0;
  #failing = false;

  /** Opened at once, so that whoever starts the program hears the complaint. */
  constructor(options: LogFileOptions) {
    this.#options = options;
    const now = options.now();
    try {
      this.#openFile(dayOf(now));
    } catch (thrown) {
      this.#fail(thrown, now);
    }
  }

  write(line: string): void {
    this.#waiting += `${line}\n`;
    if (this.#waiting.length >= GATHERED) this.flush();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.flush(), DELAY_MS);
      Deno.unrefTimer(this.#timer);
    }
  }

  /** Writes what waits. Synchronous, because it must also work while the process ends. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = this.#encoder.encode(this.#waiting);
    this.#waiting = "";
    const now = this.#options.now();
    if (bytes.length === 0 || now.getTime() < this.#pausedUntil) return;
    try {
      this.#writeAll(bytes, dayOf(now));
      this.#failing = false;
    } catch (thrown) {
      this.#fail(thrown, now);
    }
  }

  close(): void {
    this.flush();
    this.#release();
  }

  #writeAll(bytes: Uint8Array, today: string): void {
    let open = this.#open ?? this.#openFile(today);
    const full = open.bytes > 0 && open.bytes + bytes.length > this.#options.maxBytes;
    if (full || (open.bytes > 0 && open.day !== today)) {
      this.#setAside(open.day);
      open = this.#openFile(today);
    }
    let written = 0;
    while (written < bytes.length) written += open.file.writeSync(bytes.subarray(written));
    open.bytes += bytes.length;
    open.day = today;
  }

  /** A file that an earlier process left keeps the day of its last line. */
  #openFile(today: string) {
    const { directory } = this.#options;
    Deno.mkdirSync(directory, { recursive: true });
    const file = Deno.openSync(this.#path, { append: true, create: true });
    const { size, mtime } = file.statSync();
    this.#open = { file, bytes: size, day: size > 0 && mtime !== null ? dayOf(mtime) : today };
    return this.#open;
  }

  #setAside(day: string): void {
    const { directory, name, rotated } = this.#options;
    this.#release();
    Deno.renameSync(this.#path, join(directory, archiveName(name, day, list(directory))));
    rotated();
  }

  #release(): void {
    this.#open?.file.close();
    this.#open = undefined;
  }

  #fail(thrown: unknown, now: Date): void {
    try {
      this.#release();
    } catch {
      // It was closed by the failure.
    }
    this.#pausedUntil = now.getTime() + PAUSE_MS;
    if (this.#failing) return;
    this.#failing = true;
    this.#options.complain(
      `Cannot write ${this.#path}: ${
        reasonOf(thrown)
      }. Requests go on, their log lines are lost. ` +
        "Make it writable and it is used again, or choose another folder with LOG_DIR",
    );
  }

  get #path(): string {
    return join(this.#options.directory, `${this.#options.name}.log`);
  }
}

/** Deno would recommend flags that nobody should give. */
function reasonOf(thrown: unknown): string {
  return thrown instanceof Deno.errors.NotCapable
    ? "this start may not; `deno task start` writes to logs only, `deno task ccproxy start` anywhere"
    : thrown instanceof Error
    ? thrown.message
    : String(thrown);
}
