//! OpenDocument text (ODF 1.2): the headers and footers of `styles.xml` around the body of `content.xml`.

use super::super::document::{Document, FileType, Limits, Unreadable};
use super::TextBuffer;
use super::archive::{Archive, encrypted};
use super::xml::{Flow, Frame, Node, attribute, walk};

/// Elements whose content is not part of the text as it stands.
const SKIPPED: &[&str] = &[
    "tracked-changes",
    "annotation",
    "forms",
    "sequence-decls",
    "variable-decls",
    "desc",
    "title",
    "note-citation",
    "hidden-text",
    "hidden-paragraph",
];

/// Which stretch of a part is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Body,
    Headers,
    Footers,
}

/// Reads an ODT document.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    let mut archive = Archive::open(bytes, limits)?;
    if archive
        .read("META-INF/manifest.xml")?
        .is_some_and(|manifest| super::super::detect::contains(&manifest, b"encryption-data"))
    {
        return Err(encrypted());
    }
    let content = archive.read_main("content.xml")?;
    let styles = archive.read("styles.xml")?.unwrap_or_default();

    let mut buffer = TextBuffer::new();
    for (xml, part) in [(&styles, Part::Headers), (&content, Part::Body), (&styles, Part::Footers)] {
        buffer.push_str(&part_text(xml, part)?);
        buffer.push_str("\n");
    }
    let (text, mut warnings) = buffer.finish();
    warnings.extend(archive.warning());
    let pictures = archive.names().iter().any(|name| name.starts_with("Pictures/"));
    if text.trim().is_empty() && !pictures {
        return Err(Unreadable::Failed("The document holds no text.".into()));
    }
    let breaks = text.matches('\x0c').count() as u32 + 1;
    let pages = breaks.max(declared_pages(&mut archive, limits)?);
    Ok(Document { file_type: FileType::Odt, pages, text, warnings })
}

fn part_text(xml: &[u8], part: Part) -> Result<String, Unreadable> {
    let mut flow = Flow::default();
    // Depth inside the wanted stretch, inside paragraphs, and inside something skipped.
    let (mut wanted, mut paragraphs, mut skipping) = (0usize, 0usize, 0usize);
    walk(xml, |node| {
        match node {
            Node::Open(name, _) if skipping > 0 || SKIPPED.contains(&name) => skipping += 1,
            Node::Close(_) if skipping > 0 => skipping -= 1,
            _ if skipping > 0 => {}
            Node::Open(name, _) if begins(part, name) => wanted += 1,
            Node::Close(name) if begins(part, name) => wanted = wanted.saturating_sub(1),
            _ if wanted == 0 => {}
            Node::Open(name, tag) => match name {
                "p" | "h" => paragraphs += 1,
                "s" => flow.push(" "),
                "tab" => flow.push("\t"),
                "line-break" => flow.push("\n"),
                "soft-page-break" => flow.page_break(),
                "table-cell" => flow.open(Frame::Cell),
                "text-box" | "note-body" => flow.open(Frame::Aside),
                "section" if attribute(tag, "display").as_deref() == Some("none") => skipping = 1,
                _ => {}
            },
            Node::Close(name) => match name {
                "p" | "h" => {
                    paragraphs = paragraphs.saturating_sub(1);
                    flow.end_paragraph();
                }
                "table-cell" => flow.close(Frame::Cell),
                "table-row" => flow.end_row(),
                "text-box" | "note-body" => flow.close(Frame::Aside),
                _ => {}
            },
            Node::Text(text) if paragraphs > 0 => flow.push(&text.replace(['\n', '\r', '\t'], " ")),
            Node::Text(_) => {}
        }
        !flow.is_full()
    })?;
    Ok(flow.finish())
}

fn begins(part: Part, name: &str) -> bool {
    match part {
        Part::Body => name == "body",
        Part::Headers => matches!(name, "header" | "header-first"),
        Part::Footers => matches!(name, "footer" | "footer-first"),
    }
}

/// The page count of the document statistic, when it is possible.
fn declared_pages(archive: &mut Archive<'_>, limits: &Limits) -> Result<u32, Unreadable> {
    let Some(xml) = archive.read("meta.xml")? else { return Ok(1) };
    let mut pages = 1;
    walk(&xml, |node| {
        if let Node::Open("document-statistic", tag) = node {
            pages = attribute(tag, "page-count").and_then(|count| count.parse().ok()).unwrap_or(1);
        }
        true
    })?;
    Ok(if (1..=limits.max_pages).contains(&pages) { pages } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_cells_and_boxes() {
        let xml = "<office:document-content><office:body><office:text><text:tracked-changes><text:p>gone</text:p></text:tracked-changes>\
            <text:h>Skills</text:h><text:list><text:list-item><text:p>C<text:span>++</text:span><text:s text:c=\"2\"/>and\nRust</text:p></text:list-item></text:list>\
            <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>\
            <text:p>x<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></text:p></office:text></office:body></office:document-content>";
        assert_eq!(part_text(xml.as_bytes(), Part::Body).unwrap(), "Skills\nC++ and Rust\na\tb\nx\nbox\n");
    }

    #[test]
    fn headers_come_from_styles() {
        let xml = "<s><style:header><text:p>Ann Lee</text:p></style:header><style:footer><text:p>1</text:p></style:footer></s>";
        assert_eq!(part_text(xml.as_bytes(), Part::Headers).unwrap(), "Ann Lee\n");
        assert_eq!(part_text(xml.as_bytes(), Part::Footers).unwrap(), "1\n");
    }
}
