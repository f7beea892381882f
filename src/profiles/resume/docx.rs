//! A résumé as a document for a word processor. It is only written by the library, never read by it.

use std::io::Cursor;

use docx_rs::{Docx, Hyperlink, HyperlinkType, LineSpacing, PageMargin, Paragraph, Run, RunFonts, Style, StyleType};

use super::model::{JsonResume, ResumeProject};
use crate::skills::ProficiencyLevel;

/// The green of the house, for headings and links.
const GREEN: &str = "0B6E66";
const SOFT: &str = "565D6B";

/// What XML can hold of a text.
fn plain(text: &str) -> String {
    text.chars().filter(|it| !it.is_control() && !matches!(it, '\u{FFFE}' | '\u{FFFF}')).collect()
}

fn run(text: &str) -> Run {
    Run::new().add_text(plain(text))
}

/// A paragraph of a text with its line ends.
fn text(text: &str) -> Paragraph {
    let mut of_text = Run::new();
    for (nth, line) in text.lines().enumerate() {
        if nth > 0 {
            of_text = of_text.add_break(docx_rs::BreakType::TextWrapping);
        }
        of_text = of_text.add_text(plain(line));
    }
    spaced(Paragraph::new().add_run(of_text), 0, 80)
}

/// A paragraph with so much room before and after it, in twentieths of a point.
fn spaced(paragraph: Paragraph, before: u32, after: u32) -> Paragraph {
    paragraph.line_spacing(LineSpacing::new().before(before).after(after))
}

fn link(address: &str) -> Hyperlink {
    let shown = address.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    Hyperlink::new(plain(address), HyperlinkType::External).add_run(run(shown).color(GREEN))
}

fn heading(words: &str) -> Paragraph {
    spaced(Paragraph::new().style("Heading1").add_run(run(words)), 280, 80).keep_next(true)
}

/// The document, with the content of the JSON form.
///
/// # Errors
/// It could not be packed, which has no cause in its content.
pub fn write(resume: &JsonResume) -> anyhow::Result<Vec<u8>> {
    let moment = format!("{}Z", resume.meta.last_modified);
    let mut document = Docx::new()
        .created_at(&moment)
        .updated_at(&moment)
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri").cs("Calibri"))
        .default_size(22)
        .page_size(11_906, 16_838)
        .page_margin(PageMargin {
            top: 1134,
            bottom: 1134,
            left: 1304,
            right: 1304,
            header: 567,
            footer: 567,
            gutter: 0,
        })
        .add_style(Style::new("Title", StyleType::Paragraph).name("Title").size(44).bold().q_format(true))
        .add_style(
            Style::new("Heading1", StyleType::Paragraph)
                .name("heading 1")
                .size(26)
                .bold()
                .color(GREEN)
                .outline_lvl(0)
                .q_format(true),
        );
    for paragraph in head(resume).into_iter().chain(body(resume)) {
        document = document.add_paragraph(paragraph);
    }
    let mut packed = Cursor::new(vec![]);
    document.build().pack(&mut packed)?;
    Ok(packed.into_inner())
}

/// Name, title and where they are found.
fn head(resume: &JsonResume) -> Vec<Paragraph> {
    let basics = &resume.basics;
    let mut head = vec![spaced(Paragraph::new().style("Title").add_run(run(&basics.name)), 0, 40)];
    if !basics.label.is_empty() {
        head.push(spaced(Paragraph::new().add_run(run(&basics.label).size(26).color(SOFT)), 0, 80));
    }
    let place = basics.location.as_ref().map(|it| match it.region.as_str() {
        "" => it.city.clone(),
        region => format!("{}, {region}", it.city),
    });
    let plain: Vec<&str> =
        [basics.email.as_str(), place.as_deref().unwrap_or_default()].into_iter().filter(|it| !it.is_empty()).collect();
    let links: Vec<&str> = std::iter::once(basics.url.as_str())
        .chain(basics.profiles.iter().map(|it| it.url.as_str()))
        .filter(|it| !it.is_empty())
        .collect();
    if !plain.is_empty() {
        head.push(spaced(Paragraph::new().add_run(run(&plain.join("  ·  "))), 0, 40));
    }
    if !links.is_empty() {
        let mut line = Paragraph::new();
        for (nth, address) in links.into_iter().enumerate() {
            if nth > 0 {
                line = line.add_run(run("  ·  "));
            }
            line = line.add_hyperlink(link(address));
        }
        head.push(spaced(line, 0, 40));
    }
    head
}

/// What they say of themselves, can and completed.
fn body(resume: &JsonResume) -> Vec<Paragraph> {
    let mut body = vec![];
    if !resume.basics.summary.is_empty() {
        body.extend([heading("Profile"), text(&resume.basics.summary)]);
    }
    if !resume.skills.is_empty() {
        body.push(heading("Skills"));
        for level in ProficiencyLevel::ALL.iter().rev() {
            let names: Vec<&str> =
                resume.skills.iter().filter(|it| it.level == *level).map(|it| it.name.as_str()).collect();
            if !names.is_empty() {
                let line = Paragraph::new().add_run(run(&format!("{}: ", capital(level.as_str()))).bold());
                body.push(spaced(line.add_run(run(&names.join(", "))), 0, 60));
            }
        }
    }
    if !resume.projects.is_empty() {
        body.push(heading("Projects"));
        resume.projects.iter().for_each(|it| body.extend(project(it)));
    }
    if !resume.certificates.is_empty() {
        body.push(heading("Courses"));
        for it in &resume.certificates {
            let by = if it.issuer.is_empty() { String::new() } else { format!(", {}", it.issuer) };
            let title =
                Hyperlink::new(plain(&it.url), HyperlinkType::External).add_run(run(&it.name).bold().color(GREEN));
            let line = Paragraph::new().add_hyperlink(title).add_run(run(&by));
            body.push(spaced(line.add_run(run(&format!("  {}", it.date)).color(SOFT)), 0, 60));
        }
    }
    body
}

fn project(it: &ResumeProject) -> Vec<Paragraph> {
    let title = Paragraph::new().add_run(run(&it.name).bold());
    let dates = run(&format!("  {} to {}", it.start_date, it.end_date)).color(SOFT);
    let mut project = vec![spaced(title.add_run(dates), 80, 40).keep_next(true), text(&it.description)];
    if !it.keywords.is_empty() {
        project.push(spaced(Paragraph::new().add_run(run(&it.keywords.join(", ")).color(SOFT)), 0, 40));
    }
    if !it.url.is_empty() {
        project.push(spaced(Paragraph::new().add_hyperlink(link(&it.url)), 0, 80));
    }
    project
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
