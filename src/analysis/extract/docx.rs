//! Office Open XML text (ECMA-376): headers, the main part, notes, footers, each walked for its text.

use super::super::document::{Document, FileType, Limits, Unreadable};
use super::TextBuffer;
use super::archive::{Archive, damaged};
use super::xml::{Flow, Frame, Node, attribute, walk};

/// Elements whose content is not part of the text as it stands: the second copy of a shape, deletions, the source of
/// a move.
const SKIPPED: &[&str] = &["Fallback", "del", "moveFrom", "delText", "instrText", "delInstrText", "sdtPr", "binData"];

/// Reads a DOCX document.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    let mut archive = Archive::open(bytes, limits)?;
    let main_name = main_part(&mut archive)?;
    let main = part_text(&archive.read_main(&main_name)?)?;
    let related = related_parts(&mut archive, &main_name)?;

    let mut buffer = TextBuffer::new();
    for text in part_texts(&mut archive, &related, &["header"])? {
        buffer.push_str(&text);
        buffer.push_str("\n");
    }
    buffer.push_str(&main);
    for text in part_texts(&mut archive, &related, &["footnotes", "endnotes", "footer"])? {
        buffer.push_str("\n");
        buffer.push_str(&text);
    }
    let (text, mut warnings) = buffer.finish();
    warnings.extend(archive.warning());
    let pictures = archive.names().iter().any(|name| name.starts_with("word/media/"));
    if text.trim().is_empty() && !pictures {
        return Err(Unreadable::Failed("The document holds no text.".into()));
    }
    let breaks = text.matches('\x0c').count() as u32 + 1;
    let pages = breaks.max(declared_pages(&mut archive, limits)?);
    Ok(Document { file_type: FileType::Docx, pages, text, warnings })
}

/// The name of the main part by the package relationships; strict and transitional documents end the type alike.
fn main_part(archive: &mut Archive<'_>) -> Result<String, Unreadable> {
    let mut name = None;
    if let Some(rels) = archive.read("_rels/.rels")? {
        for (kind, target) in relationships(&rels)? {
            if kind == "officeDocument" {
                name = Some(target.trim_start_matches('/').to_string());
            }
        }
    }
    let found = name
        .filter(|name| archive.has(name))
        .or_else(|| archive.has("word/document.xml").then(|| "word/document.xml".into()));
    found.ok_or_else(damaged)
}

/// Relationships of the main part as (kind, part name).
fn related_parts(archive: &mut Archive<'_>, main: &str) -> Result<Vec<(String, String)>, Unreadable> {
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
    let rels_name =
        if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let Some(rels) = archive.read(&rels_name)? else { return Ok(by_name(archive)) };
    let parts = relationships(&rels)?.into_iter().map(|(kind, target)| match target.strip_prefix('/') {
        Some(absolute) => (kind, absolute.to_string()),
        None if folder.is_empty() => (kind, target),
        None => (kind, format!("{folder}/{target}")),
    });
    Ok(parts.collect())
}

/// Without relationships the names that all programs give their parts tell what they are.
fn by_name(archive: &mut Archive<'_>) -> Vec<(String, String)> {
    let parts = archive.names().into_iter().filter_map(|name| {
        let kind = name.strip_prefix("word/")?.strip_suffix(".xml")?.trim_end_matches(|c: char| c.is_ascii_digit());
        Some((kind.to_string(), name))
    });
    parts.collect()
}

/// Each relationship as the last word of its type and its target.
fn relationships(xml: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    let mut found = Vec::new();
    walk(xml, |node| {
        if let Node::Open("Relationship", tag) = node
            && let (Some(kind), Some(target)) = (attribute(tag, "Type"), attribute(tag, "Target"))
        {
            found.push((kind.rsplit('/').next().unwrap_or_default().to_string(), target));
        }
        found.len() < 10_000
    })?;
    Ok(found)
}

/// The texts of the related parts of these kinds, each once: first, odd and even headers are often the same.
fn part_texts(
    archive: &mut Archive<'_>,
    related: &[(String, String)],
    kinds: &[&str],
) -> Result<Vec<String>, Unreadable> {
    let mut texts: Vec<String> = Vec::new();
    for (_, name) in related.iter().filter(|(kind, _)| kinds.contains(&kind.as_str())) {
        let Some(xml) = archive.read(name)? else { continue };
        let text = part_text(&xml)?.trim().to_string();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts)
}

/// The text of one WordprocessingML part.
fn part_text(xml: &[u8]) -> Result<String, Unreadable> {
    let mut flow = Flow::default();
    let (mut in_text, mut in_run, mut hidden) = (false, false, false);
    let mut skipping = 0usize;
    walk(xml, |node| {
        match node {
            Node::Open(name, _) if skipping > 0 || SKIPPED.contains(&name) => skipping += 1,
            Node::Close(_) if skipping > 0 => skipping -= 1,
            _ if skipping > 0 => {}
            Node::Open(name, tag) => match name {
                "t" => in_text = true,
                "r" => (in_run, hidden) = (true, false),
                "vanish" if in_run => hidden = !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off")),
                "tab" if in_run => flow.push("\t"),
                "br" if attribute(tag, "type").as_deref() == Some("page") => flow.page_break(),
                "br" | "cr" => flow.push("\n"),
                "lastRenderedPageBreak" => flow.page_break(),
                "noBreakHyphen" => flow.push("-"),
                "tc" => flow.open(Frame::Cell),
                "txbxContent" => flow.open(Frame::Aside),
                _ => {}
            },
            Node::Close(name) => match name {
                "t" => in_text = false,
                "r" => in_run = false,
                "p" => flow.end_paragraph(),
                "tc" => flow.close(Frame::Cell),
                "tr" => flow.end_row(),
                "txbxContent" => flow.close(Frame::Aside),
                _ => {}
            },
            Node::Text(text) if in_text && !hidden => flow.push(&text.replace(['\n', '\r'], " ")),
            Node::Text(_) => {}
        }
        !flow.is_full()
    })?;
    Ok(flow.finish())
}

/// The page count the writing program left behind; nothing depends on it, so an impossible one is ignored.
fn declared_pages(archive: &mut Archive<'_>, limits: &Limits) -> Result<u32, Unreadable> {
    let Some(xml) = archive.read("docProps/app.xml")? else { return Ok(1) };
    let (mut inside, mut pages) = (false, 1);
    walk(&xml, |node| {
        match node {
            Node::Open("Pages", _) => inside = true,
            Node::Close("Pages") => inside = false,
            Node::Text(text) if inside => pages = text.trim().parse().unwrap_or(1),
            _ => {}
        }
        true
    })?;
    Ok(if (1..=limits.max_pages).contains(&pages) { pages } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(xml: &str) -> String {
        part_text(format!("<w:document><w:body>{xml}</w:body></w:document>").as_bytes()).unwrap()
    }

    #[test]
    fn runs_tabs_and_breaks() {
        let xml = "<w:p><w:r><w:t>Rust</w:t><w:tab/><w:t xml:space=\"preserve\">&amp; SQL</w:t></w:r></w:p><w:p><w:r><w:br w:type=\"page\"/><w:t>two</w:t></w:r></w:p>";
        assert_eq!(body(xml), "Rust\t& SQL\n\x0ctwo\n");
    }

    #[test]
    fn deletions_fallbacks_and_hidden_text_are_left_out() {
        let xml = "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:t>new</w:t></w:r>\
            <mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
            <mc:Fallback><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>";
        assert_eq!(body(xml), "new\nbox\n");
    }

    #[test]
    fn table_rows_are_lines() {
        let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let xml = format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}</w:tr></w:tbl>", cell("2019"), cell("Engineer"), cell("x"));
        assert_eq!(body(&xml), "2019\tEngineer\nx\n");
    }
}
