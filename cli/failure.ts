/** A command did not do what was asked: the sentence is shown, and the exit code is 1, or 2 for a wrong call. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(message: string, readonly exitCode: 1 | 2 = 1) {
    super(message);
  }
}
