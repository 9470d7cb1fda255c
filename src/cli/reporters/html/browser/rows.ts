/** A row of the table, with what it is filtered and sorted by. */
export type Row = {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly string[];
  readonly rank: number;
  /** All that stands in it, in small letters. Made when it is first asked for: most are never searched. */
  readonly text: () => string;
};

/** The table as it stands: its rows in their present order, and how they are sorted, in words. */
export type View = {
  readonly table: HTMLTableElement;
  /** Where it is told, to screen readers as well, what is shown. */
  readonly shown: HTMLElement;
  rows: readonly Row[];
  order: string;
};

/** Reads the rows of the table once: what stands in them does not change. */
export const rowsOf = (table: HTMLTableElement): readonly Row[] =>
  Array.from(table.tBodies[0]?.rows ?? [], (element) => {
    let text: string | undefined;
    return {
      element,
      cells: Array.from(element.cells)
        .slice(0, -1)
        .map((cell) => cell.textContent),
      rank: Number(element.dataset['rank']),
      text: () => {
        text ??= element.textContent.toLowerCase();
        return text;
      },
    };
  });
