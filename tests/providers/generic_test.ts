import { generic } from "../../providers/generic.ts";
import { testAdapter } from "../conformance.ts";

testAdapter("generic", generic);
