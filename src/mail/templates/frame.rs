//! How a mail looks: one column of 560 px, the text first, one button, and at its foot why it came and how to end it. All
//! styles stand in the elements, as many readers drop the rest; a small sheet serves those that show it on dark. Nothing is
//! loaded from anywhere.

use super::{Item, Letter, Section};
use crate::notifications::Language;

const FACE: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// The sheet for readers that show mail on dark; the colours are those of the web application.
const DARK: &str = "@media (prefers-color-scheme:dark){\
.paper{background:#12151a!important}.card{background:#1a1f26!important;border-color:#2c333d!important}.line{border-color:#2c333d!important}\
.ink{color:#e8e6e1!important}.soft{color:#a7adb8!important}.button{background:#4fd1c0!important;color:#06201d!important}\
.link{color:#8db8f5!important}}";

/// What ends a mail: the words of the link at its foot, and the address of the page behind it.
pub struct End<'a> {
    pub words: &'a str,
    pub address: &'a str,
}

/// The letter as text and as HTML; `end` is what ends this kind of mail.
pub fn render(letter: &Letter, language: Language, end: Option<&End<'_>>) -> (String, String) {
    (text(letter, end), html(letter, language, end))
}

fn text(letter: &Letter, end: Option<&End<'_>>) -> String {
    let mut text = format!("{}\n", letter.heading);
    for paragraph in &letter.paragraphs {
        text.push_str(&format!("\n{paragraph}\n"));
    }
    for Section { heading, items } in &letter.sections {
        text.push_str(&format!("\n{heading}\n"));
        for Item { words, address, note } in items {
            text.push_str(&format!("- {words}\n"));
            for line in [Some(note.as_str()), address.as_deref()].into_iter().flatten().filter(|it| !it.is_empty()) {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    let (words, address) = &letter.button;
    text.push_str(&format!("\n{words}:\n{address}\n\n-- \n{}\n", letter.reason));
    if let Some(End { words, address }) = end {
        text.push_str(&format!("{words}:\n{address}\n"));
    }
    text
}

fn html(letter: &Letter, language: Language, end: Option<&End<'_>>) -> String {
    let paragraphs: String = letter
        .paragraphs
        .iter()
        .map(|it| {
            format!(
                "<p class=\"ink\" style=\"margin:0 0 16px;{FACE};font-size:15px;line-height:1.5;color:#1d2129\">{}</p>",
                escape(it)
            )
        })
        .collect();
    let sections: String = letter.sections.iter().map(section).collect();
    let (words, address) = (escape(&letter.button.0), escape(&letter.button.1));
    let foot = end.map_or_else(String::new, |End { words, address }| {
        let (words, address) = (escape(words), escape(address));
        format!("<br><a class=\"link\" href=\"{address}\" style=\"color:#2459a8\">{words}</a>")
    });
    let (subject, heading, reason) = (escape(&letter.subject), escape(&letter.heading), escape(&letter.reason));
    format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
<title>{subject}</title><style>:root{{color-scheme:light dark}}{DARK}</style></head>\n\
<body class=\"paper\" style=\"margin:0;padding:0;background:#faf8f4\">\n\
<table role=\"presentation\" width=\"100%\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\"><tr>\
<td class=\"paper\" align=\"center\" style=\"padding:24px 12px;background:#faf8f4\">\n\
<table role=\"presentation\" width=\"560\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\" style=\"width:100%;max-width:560px\">\n\
<tr><td class=\"card\" style=\"padding:32px 24px;background:#ffffff;border:1px solid #ddd6ca;border-radius:10px\">\n\
<h1 class=\"ink\" style=\"margin:0 0 16px;{FACE};font-size:21px;line-height:1.25;font-weight:650;color:#1d2129\">{heading}</h1>\n\
{paragraphs}\n{sections}\
<p style=\"margin:24px 0 0\"><a class=\"button\" href=\"{address}\" style=\"display:inline-block;padding:12px 20px;\
border-radius:6px;background:#0b6e66;color:#ffffff;{FACE};font-size:15px;line-height:20px;text-decoration:none\">{words}</a></p>\n\
</td></tr>\n\
<tr><td class=\"soft\" style=\"padding:16px 24px;{FACE};font-size:13px;line-height:1.5;color:#565d6b\">{reason}{foot}</td></tr>\n\
</table>\n</td></tr></table>\n</body></html>\n"
    )
}

/// A list, as rows that stay apart also where styles are dropped.
fn section(it: &Section) -> String {
    let last = it.items.len().saturating_sub(1);
    let items: String = it.items.iter().enumerate().map(|(nth, it)| item(it, nth == last)).collect();
    format!(
        "<h2 class=\"ink\" style=\"margin:24px 0 4px;{FACE};font-size:17px;line-height:1.25;font-weight:650;color:#1d2129\">{}</h2>\n\
<table role=\"presentation\" width=\"100%\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\">\n{items}</table>\n",
        escape(&it.heading)
    )
}

/// A row, with a line that parts it from the next.
fn item(it: &Item, is_last: bool) -> String {
    let words = escape(&it.words);
    let words = match &it.address {
        Some(address) => format!("<a class=\"link\" href=\"{}\" style=\"color:#2459a8\">{words}</a>", escape(address)),
        None => words,
    };
    let note = if it.note.is_empty() {
        String::new()
    } else {
        format!("<br><span class=\"soft\" style=\"font-size:13px;color:#565d6b\">{}</span>", escape(&it.note))
    };
    let line = if is_last { "" } else { "border-bottom:1px solid #ddd6ca;" };
    format!(
        "<tr><td class=\"ink line\" style=\"padding:8px 0;{line}{FACE};font-size:15px;line-height:1.45;color:#1d2129\">\
{words}{note}</td></tr>\n"
    )
}

/// The text as it stands in an element or an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_become_markup_and_nothing_is_loaded() {
        let sly = "<img src=x onerror=\"alert('1')\">&".to_owned();
        let letter = Letter {
            subject: sly.clone(),
            heading: sly.clone(),
            paragraphs: vec![sly.clone()],
            sections: vec![Section {
                heading: sly.clone(),
                items: vec![Item { words: sly.clone(), address: Some(sly.clone()), note: sly.clone() }],
            }],
            button: (sly.clone(), "https://careers.example/\"><script>".into()),
            reason: sly,
        };
        let (text, html) = render(
            &letter,
            Language::En,
            Some(&End { words: "Stop", address: "https://careers.example/unsubscribe/x" }),
        );
        assert!(text.contains("<img src=x") && text.contains("https://careers.example/unsubscribe/x"));
        for markup in ["<img", "<script", "src=", "url(", "@import", "<link"] {
            let count = if markup == "src=" { html.matches("&lt;img src=x").count() } else { 0 };
            assert_eq!(html.matches(markup).count(), count, "{markup}");
        }
        assert!(html.contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"));
    }
}
