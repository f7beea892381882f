//! What DOCX and ODT share: a lenient walk over XML with limits, and the flow of paragraphs, cells and boxes into
//! text.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::document::Unreadable;

/// Deepest nesting of elements that is followed.
const MAX_DEPTH: usize = 256;

/// Most bytes of text taken from one part; far above what is kept of a document.
const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// What a walk meets; names are without their prefix.
pub enum Node<'a> {
    /// The start of an element.
    Open(&'a str, &'a BytesStart<'a>),
    /// Its end; empty elements have one too.
    Close(&'a str),
    /// Character data with references resolved.
    Text(&'a str),
}

/// Most broken places of a part that are stepped over.
const MAX_BREAKS: usize = 200;

/// Walks over a part and calls `visit` for each node until it returns `false`. Broken XML is stepped over: the walk
/// goes on with the next tag. A document type declaration is refused (entities could multiply), as is nesting beyond 256.
pub fn walk(xml: &[u8], mut visit: impl FnMut(Node<'_>) -> bool) -> Result<(), Unreadable> {
    let utf8 = as_utf8(xml);
    let mut rest = utf8.as_ref();
    let mut depth = 0usize;
    for _ in 0..MAX_BREAKS {
        match walk_on(rest, &mut depth, &mut visit)? {
            Some(broken) => rest = &rest[broken..],
            None => break,
        }
    }
    Ok(())
}

/// Walks to the first broken place and tells where the next tag after it begins; `None` when all is done.
fn walk_on(
    xml: &[u8],
    depth: &mut usize,
    visit: &mut impl FnMut(Node<'_>) -> bool,
) -> Result<Option<usize>, Unreadable> {
    let mut reader = Reader::from_reader(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    loop {
        let begun = reader.buffer_position() as usize;
        let go_on = match reader.read_event() {
            Ok(Event::Start(tag)) => {
                *depth += 1;
                if *depth > MAX_DEPTH {
                    return Err(Unreadable::Refused("The document is nested too deeply to be read.".into()));
                }
                visit(Node::Open(&local(tag.local_name().as_ref()), &tag))
            }
            Ok(Event::Empty(tag)) => {
                let name = local(tag.local_name().as_ref()).into_owned();
                visit(Node::Open(&name, &tag)) && visit(Node::Close(&name))
            }
            Ok(Event::End(tag)) => {
                *depth = depth.saturating_sub(1);
                visit(Node::Close(&local(tag.local_name().as_ref())))
            }
            Ok(Event::Text(text)) => visit(Node::Text(&String::from_utf8_lossy(&text))),
            Ok(Event::CData(text)) => visit(Node::Text(&String::from_utf8_lossy(&text))),
            Ok(Event::GeneralRef(name)) => match resolve(&name) {
                Some(c) => visit(Node::Text(c.encode_utf8(&mut [0; 4]))),
                None => true,
            },
            Ok(Event::DocType(_)) => {
                return Err(Unreadable::Refused(
                    "The document declares its own XML type, which no office program does.".into(),
                ));
            }
            Ok(Event::Eof) => return Ok(None),
            Err(_) => {
                let after = xml.get(begun + 1..).unwrap_or_default();
                return Ok(after.iter().position(|b| *b == b'<').map(|at| begun + 1 + at));
            }
            Ok(_) => true,
        };
        if !go_on {
            return Ok(None);
        }
    }
}

/// The value of an attribute by its name without prefix.
pub fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        tag.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name.as_bytes())?;
    let raw = String::from_utf8_lossy(&found.value).into_owned();
    Some(quick_xml::escape::unescape(&raw).map(|value| value.into_owned()).unwrap_or(raw))
}

fn local(name: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(name)
}

/// Some programs write parts in UTF-16; the byte order mark tells.
fn as_utf8(xml: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let unit = match xml {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return xml.into(),
    };
    let units = xml[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect::<String>().into_bytes().into()
}

fn resolve(reference: &[u8]) -> Option<char> {
    match reference {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', hex @ ..] => {
            u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok().and_then(char::from_u32)
        }
        [b'#', decimal @ ..] => std::str::from_utf8(decimal).ok()?.parse().ok().and_then(char::from_u32),
        _ => None,
    }
}

/// What an inner stretch of text belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// A table cell: one line of it joins its row, several lines stand alone.
    Cell,
    /// A text box or note: its text follows the paragraph it is anchored in.
    Aside,
}

/// Text in the making: the body and the open cells and boxes inside it.
#[derive(Default)]
pub struct Flow {
    body: String,
    open: Vec<(Frame, String)>,
    asides: String,
    taken: usize,
}

impl Flow {
    /// Adds text to the innermost open frame; beyond the limit of a part it is dropped.
    pub fn push(&mut self, text: &str) {
        if self.taken < MAX_TEXT_BYTES {
            self.taken += text.len();
            self.top().push_str(text);
        }
    }

    /// Whether more text would be dropped.
    pub fn is_full(&self) -> bool {
        self.taken >= MAX_TEXT_BYTES
    }

    fn top(&mut self) -> &mut String {
        match self.open.last_mut() {
            Some((_, text)) => text,
            None => &mut self.body,
        }
    }

    /// Ends a paragraph; text boxes anchored in it follow.
    pub fn end_paragraph(&mut self) {
        self.push("\n");
        if self.open.iter().all(|(frame, _)| *frame != Frame::Aside) && !self.asides.is_empty() {
            let asides = std::mem::take(&mut self.asides);
            self.top().push_str(&asides);
        }
    }

    /// Opens a cell or box.
    pub fn open(&mut self, frame: Frame) {
        self.open.push((frame, String::new()));
    }

    /// Closes the innermost frame if it is of that kind; unbalanced ends of damaged files are passed over.
    pub fn close(&mut self, frame: Frame) {
        if self.open.last().map(|(kind, _)| *kind) != Some(frame) {
            return;
        }
        let Some((_, text)) = self.open.pop() else { return };
        match frame {
            Frame::Cell => {
                let cell = text.trim();
                let line_end = if cell.contains('\n') { '\n' } else { '\t' };
                let top = self.top();
                if line_end == '\n' && top.ends_with('\t') {
                    top.pop();
                    top.push('\n');
                }
                top.push_str(cell);
                top.push(line_end);
            }
            Frame::Aside if self.open.iter().any(|(kind, _)| *kind == Frame::Aside) => self.top().push_str(&text),
            Frame::Aside => self.asides.push_str(&text),
        }
    }

    /// Ends a table row.
    pub fn end_row(&mut self) {
        let top = self.top();
        while top.ends_with(['\t', '\n']) {
            top.pop();
        }
        top.push('\n');
    }

    /// Starts a new page, in the body only: the cells of a row span pages side by side.
    pub fn page_break(&mut self) {
        let blank_page = self.body.rsplit('\x0c').next().is_none_or(|page| page.trim().is_empty());
        if self.open.is_empty() && !blank_page {
            self.push("\x0c");
        }
    }

    /// All text; frames left open by a damaged file are closed.
    pub fn finish(mut self) -> String {
        while let Some((frame, _)) = self.open.last() {
            let frame = *frame;
            self.close(frame);
        }
        self.body.push_str(&self.asides);
        self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String, Unreadable> {
        let mut out = String::new();
        walk(xml.as_bytes(), |node| {
            if let Node::Text(text) = node {
                out.push_str(text);
            }
            true
        })?;
        Ok(out)
    }

    #[test]
    fn references_and_broken_ends_are_read() {
        assert_eq!(texts("<a>R&amp;D &#8211; &#x41;&unknown;</b></a> tail"), Ok("R&D – A tail".into()));
        assert_eq!(texts("<a>kept <b"), Ok("kept ".into()));
        assert_eq!(texts("<a>one<!-- open <b>two</b></a>"), Ok("onetwo".into()));
    }

    #[test]
    fn doctype_and_depth_are_refused() {
        assert!(texts("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").is_err());
        assert!(texts(&"<a>".repeat(300)).is_err());
    }

    #[test]
    fn cells_join_their_row_and_boxes_follow_their_paragraph() {
        let mut flow = Flow::default();
        flow.push("before ");
        flow.open(Frame::Aside);
        flow.push("boxed");
        flow.end_paragraph();
        flow.close(Frame::Aside);
        flow.push("after");
        flow.end_paragraph();
        for cell in ["one\n", "two\n"] {
            flow.open(Frame::Cell);
            flow.push(cell);
            flow.close(Frame::Cell);
        }
        flow.end_row();
        assert_eq!(flow.finish(), "before after\nboxed\none\ttwo\n");
    }
}
