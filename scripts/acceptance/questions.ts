/** The open questions that a run answers. docs/architecture.md describes what depends on each. */
export const QUESTIONS = [
  {
    id: 'key-trigger',
    question: 'Do results for a trail stand if a change of its key triggered the evaluation?',
  },
  {
    id: 'delivery-error',
    question: 'What does LatestDeliveryError contain for a disabled key, and when is it cleared?',
  },
  {
    id: 'same-key',
    question: 'Does UpdateTrail refuse the key that the trail already has if the key is disabled?',
  },
  {
    id: 'compliance-events',
    question: 'Does AWS Config send an event for a change from NON_COMPLIANT to NON_COMPLIANT?',
  },
  { id: 'button', question: 'Which identity does the button Remediate use to start the document?' },
  {
    id: 'numbers',
    question: 'Does Systems Manager accept a document whose numbers CloudFormation sent as strings?',
  },
  {
    id: 'default-version',
    question: 'Does an update of the stack make the newest version of a document the default?',
  },
  { id: 'ids', question: 'Which IDs do shadow trails and organization trails have in AWS Config?' },
  { id: 'list-trails', question: 'Does ListTrails return organization trails in a member account?' },
] as const;

/** The ID of a question. */
export type QuestionId = (typeof QUESTIONS)[number]['id'];
