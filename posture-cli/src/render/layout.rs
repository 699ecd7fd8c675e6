//! Styled text in columns.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns between two columns.
const GAP: usize = 2;

/// The least that a wrapping column keeps of its width.
const MIN_WRAPPED: usize = 12;

/// A style that makes [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paint(pub(crate) Style);

impl Paint {
    /// Text in this style. Names come from clusters and files, and must not steer the terminal.
    pub(crate) fn text(self, text: impl AsRef<str>) -> Text {
        Text {
            text: text.as_ref().replace(char::is_control, "\u{FFFD}"),
            style: self.0,
        }
    }
}

/// Text in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    text: String,
    style: Style,
}

impl Text {
    /// How many columns it takes.
    fn width(&self) -> usize {
        self.text.width()
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.text.as_str() {
            "" => Ok(()),
            text => write!(f, "{}{text}{:#}", self.style, self.style),
        }
    }
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// To the left.
    Left,
    /// To the right: numbers.
    Right,
    /// To the left, in several lines where the width does not suffice, the widest one first.
    Wrapped,
    /// To the left, and left out where the width does not suffice, the last one first.
    Spare,
    /// To the right, likewise.
    SpareRight,
}

/// Rows of cells in columns, without lines.
#[derive(Debug)]
pub(crate) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Vec<Text>>,
}

impl Grid {
    pub(crate) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl Into<Vec<Text>>) {
        self.rows.push(cells.into());
    }

    /// Appends the rows to `out`, in lines no longer than `width` where that is possible.
    pub(crate) fn render(&self, width: usize, out: &mut String) {
        let shown = self.fit(width);
        for row in &self.rows {
            let cells: Vec<(usize, Column, &Text, Vec<String>)> = shown
                .iter()
                .filter_map(|(index, width)| {
                    let (cell, column) = (row.get(*index)?, *self.columns.get(*index)?);
                    let lines = match column {
                        Column::Wrapped => wrap(&cell.text, *width),
                        _ => vec![cell.text.clone()],
                    };
                    Some((*width, column, cell, lines))
                })
                .collect();
            let height = cells
                .iter()
                .map(|(.., lines)| lines.len())
                .max()
                .unwrap_or_default();
            for line in 0..height {
                let mut pending = 0;
                for (position, (width, column, cell, lines)) in cells.iter().enumerate() {
                    let text = lines.get(line).map_or("", String::as_str);
                    let space = width.saturating_sub(text.width());
                    let (before, after) = match column {
                        Column::Right | Column::SpareRight => (space, 0),
                        _ => (0, space),
                    };
                    pending += before + if position > 0 { GAP } else { 0 };
                    if text.is_empty() {
                        pending += after;
                        continue;
                    }
                    let styled = Text {
                        text: text.to_owned(),
                        style: cell.style,
                    };
                    let _ = write!(out, "{:pending$}{styled}", "");
                    pending = after;
                }
                out.push('\n');
            }
        }
    }

    /// The columns that are shown, with their widths.
    fn fit(&self, width: usize) -> Vec<(usize, usize)> {
        let natural = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            cells.map(Text::width).max().unwrap_or_default()
        };
        let column = |index: usize| self.columns.get(index).copied().unwrap_or(Column::Left);
        let mut shown: Vec<(usize, usize)> = (0..self.columns.len())
            .map(|index| (index, natural(index)))
            .collect();
        loop {
            let gaps = GAP * shown.len().saturating_sub(1);
            let total = gaps + shown.iter().map(|(_, width)| width).sum::<usize>();
            let over = total.saturating_sub(width);
            let wrapped = |(index, _): &&mut (usize, usize)| column(*index) == Column::Wrapped;
            let give: usize = shown
                .iter_mut()
                .filter(wrapped)
                .map(|(_, width)| width.saturating_sub(MIN_WRAPPED))
                .sum();
            if over <= give {
                for _ in 0..over {
                    let widest = shown
                        .iter_mut()
                        .filter(wrapped)
                        .max_by_key(|(_, width)| *width);
                    if let Some((_, width)) = widest {
                        *width -= 1;
                    }
                }
                for (index, width) in shown.iter_mut().filter(wrapped) {
                    *width = self.wrapped_width(*index, *width);
                }
                return shown;
            }
            let spare = |(index, _): &(usize, usize)| {
                matches!(column(*index), Column::Spare | Column::SpareRight)
            };
            let Some(last) = shown.iter().rposition(spare) else {
                return shown;
            };
            shown.remove(last);
        }
    }

    /// What a column takes of `width` when its cells are wrapped to it.
    fn wrapped_width(&self, index: usize, width: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        let lines = cells.flat_map(|cell| wrap(&cell.text, width));
        lines.map(|line| line.width()).max().unwrap_or_default()
    }
}

/// Splits a text into lines of at most `width` columns, between words where there are any.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().map_or(0, |line| line.width());
        if line > 0 && line + 1 + word.width() <= width {
            push(&mut lines, " ");
        } else if line > 0 {
            lines.push(String::new());
        }
        for character in word.chars() {
            let line = lines.last().map_or(0, |line| line.width());
            if line > 0 && line + character.width().unwrap_or(0) > width {
                lines.push(String::new());
            }
            push(&mut lines, character.encode_utf8(&mut [0; 4]));
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{PLAIN, STRONG};

    fn rendered(width: usize) -> String {
        let mut grid = Grid::new([Column::Right, Column::Wrapped, Column::Spare]);
        grid.row([
            STRONG.text("1"),
            PLAIN.text("a title that is quite long"),
            PLAIN.text("spare"),
        ]);
        grid.row([PLAIN.text("22"), PLAIN.text("short"), PLAIN.text("")]);
        let mut out = String::new();
        grid.render(width, &mut out);
        anstream::adapter::strip_str(&out).to_string()
    }

    #[test]
    fn columns_wrap_only_when_they_must_and_leave_no_space_at_the_end() {
        assert_eq!(
            rendered(80),
            " 1  a title that is quite long  spare\n22  short\n"
        );
        assert_eq!(
            rendered(35),
            " 1  a title that is quite  spare\n    long\n22  short\n"
        );
        assert_eq!(
            rendered(20),
            " 1  a title that is\n    quite long\n22  short\n"
        );
    }

    #[test]
    fn names_do_not_steer_the_terminal() {
        assert_eq!(
            PLAIN.text("a\u{1B}[2Jb\n").to_string(),
            "a\u{FFFD}[2Jb\u{FFFD}"
        );
    }

    #[test]
    fn words_longer_than_a_line_are_broken() {
        assert_eq!(wrap("ab cdefgh i", 4), ["ab", "cdef", "gh i"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
