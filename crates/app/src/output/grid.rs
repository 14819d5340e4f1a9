//! Columns of text that fit a terminal.

use std::io::{self, Write};

use super::Terminal;

/// Spaces between columns.
const GAP: usize = 2;

/// The least that is left of a column that gives way.
const NARROWEST: usize = 8;

/// A column: its title, and whether it gives way where there is no room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column(pub(crate) &'static str, pub(crate) bool);

/// Rows under titles.
#[derive(Debug)]
pub(crate) struct Grid<'a> {
    pub(crate) columns: &'a [Column],
    pub(crate) rows: &'a [Vec<String>],
}

impl Grid<'_> {
    /// Writes the titles and rows; what has no room ends in `…`.
    pub(crate) fn write(&self, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| printable(cell)).collect())
            .collect();
        let widths = self.widths(&rows, terminal.width);
        let titles: Vec<String> = self.columns.iter().map(|c| c.0.to_owned()).collect();
        line(&titles, &widths, out)?;
        for row in &rows {
            line(row, &widths, out)?;
        }
        Ok(())
    }

    fn widths(&self, rows: &[Vec<String>], room: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|c| c.0.chars().count()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > room {
            let elastic = widths.iter_mut().zip(self.columns);
            let widest = elastic
                .filter(|(width, column)| column.1 && **width > NARROWEST)
                .map(|(width, _)| width)
                .max();
            match widest {
                Some(width) => *width -= 1,
                None => break,
            }
        }
        widths
    }
}

fn line(cells: &[String], widths: &[usize], out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell = shortened(cell, *width);
        text.push_str(&cell);
        let missing = width.saturating_sub(cell.chars().count()) + GAP;
        text.extend(std::iter::repeat_n(' ', missing));
    }
    writeln!(out, "{}", text.trim_end())
}

fn shortened(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.to_owned();
    }
    let mut short: String = cell.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Text without what moves a cursor or changes colours: it was named by strangers.
pub(crate) fn printable(text: &str) -> String {
    let known = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::{Column, Grid, Terminal};

    fn check(width: usize, rows: &[&[&str]], expected: &str) {
        let columns = [
            Column("ID", false),
            Column("PACKAGES", true),
            Column("WHERE", true),
        ];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        let grid = Grid {
            columns: &columns,
            rows: &rows,
        };
        let terminal = Terminal {
            width,
            color: false,
        };
        let mut out = Vec::new();
        grid.write(terminal, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn columns_give_way_where_there_is_no_room() {
        let rows: &[&[&str]] = &[&["CVE-2024-0001", "openssl", "i-1"]];
        check(
            100,
            rows,
            "ID             PACKAGES  WHERE\nCVE-2024-0001  openssl   i-1\n",
        );
        let rows: &[&[&str]] = &[&["CVE-2024-0001", "openssl, libssl3, more", "repository/app"]];
        check(
            38,
            rows,
            "ID             PACKAGES     WHERE\nCVE-2024-0001  openssl, l…  repositor…\n",
        );
    }

    #[test]
    fn what_strangers_named_moves_no_cursor() {
        let rows: &[&[&str]] = &[&["a", "\u{1b}[31mred", "b\nc"]];
        check(
            100,
            rows,
            "ID  PACKAGES  WHERE\na   \u{fffd}[31mred  b\u{fffd}c\n",
        );
    }
}
