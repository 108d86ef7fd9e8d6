/** The plugins, in the order a request meets them. */
import type { Plugin } from "../core/mod.ts";
import { autoMode } from "./auto_mode.ts";
import { breaker } from "./breaker.ts";
import { customHeaders } from "./custom_headers.ts";
import { fallback } from "./fallback.ts";
import { logBodies } from "./log_bodies.ts";
import { logging } from "./logging.ts";
import { metrics } from "./metrics.ts";
import { modelMapping } from "./model_mapping.ts";
import { observe } from "./observe.ts";
import { retry } from "./retry.ts";
import { telemetry } from "./telemetry.ts";
import { webSearch } from "./web_search.ts";

export const plugins: readonly Plugin[] = [
  observe(logging, metrics, telemetry),
  logBodies,
  modelMapping,
  autoMode,
  webSearch,
  customHeaders,
  fallback,
  breaker,
  retry,
];
