/** Thrown where AWS refuses a call: the message names the permission that the role lacks. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
}

/** Thrown where a call fails or its answer cannot be understood, after all retries. */
export class ServiceFaultError extends Error {
  override readonly name = 'ServiceFaultError';
}

/** Thrown where the time of the invocation is nearly used up. */
export class TimeBudgetError extends Error {
  override readonly name = 'TimeBudgetError';
}

/** Thrown where AWS Config does not take the result token: results cannot be written with it. */
export class ResultTokenError extends Error {
  override readonly name = 'ResultTokenError';
}

/** Thrown where AWS Config took some results and not others, also when they were put again. */
export class EvaluationsNotPutError extends Error {
  override readonly name = 'EvaluationsNotPutError';
}

/** Thrown where an SSM document is not in the account and Region. */
export class DocumentMissingError extends Error {
  override readonly name = 'DocumentMissingError';
}

/** The name by which AWS tells its errors apart; empty where there is none. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
