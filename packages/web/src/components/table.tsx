import type { ComponentChildren } from 'preact';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Left out where there is little room. */
  readonly isLess?: boolean;
  /** Of the whole column, such as `energy`. */
  readonly colour?: string;
}

/** A row: as many cells as there are columns. */
export interface Row {
  readonly key: string;
  readonly cells: readonly ComponentChildren[];
}

interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Whether its columns fit a phone side by side. */
  readonly isNarrow?: boolean;
}

/** A table; on a phone each row of a wide one becomes a small list of its cells with their titles, so that nothing has to be pushed sideways. */
export function Table({ label, columns, rows, isNarrow = false }: TableProps) {
  const classOf = ({ isNumber, isLess, colour }: Column) =>
    [isNumber && 'number', isLess && 'less', colour].filter(Boolean).join(' ') || undefined;
  return (
    <table class={isNarrow ? 'narrow' : 'stack'} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.title} class={classOf({ ...column, colour: '' })}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {columns.map((column, index) => (
              <td key={column.title} class={classOf(column)} data-label={column.title}>
                {cells[index]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
