//! The fenced blocks of a page of Markdown.

/// A fenced block.
pub(crate) struct Block<'p> {
    /// The line of its first fence, from 1.
    pub(crate) line: usize,
    /// The first word after the fence; empty where there is none.
    pub(crate) language: &'p str,
    /// All lines between the fences.
    pub(crate) text: &'p str,
}

/// All fenced blocks, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open = None;
    let mut at = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let (start, end) = (at, at + line.len());
        at = end;
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        open = match open {
            None => Some((
                number + 1,
                info.split_whitespace().next().unwrap_or(""),
                end,
            )),
            Some((line, language, begin)) => {
                let text = &page[begin..start];
                blocks.push(Block {
                    line,
                    language,
                    text,
                });
                None
            }
        };
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn blocks_are_found() {
    let page = "# A\n\n```sh\na\nb\n```\n`c`\n```python dask\n```\n";
    let found: Vec<_> = blocks(page)
        .iter()
        .map(|it| (it.line, it.language, it.text))
        .collect();
    assert_eq!(found, [(3, "sh", "a\nb\n"), (8, "python", "")]);
}
