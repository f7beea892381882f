//! Small PDFs written out here, each with one thing that readers stumble over.

use super::super::document::Limits;
use super::extract;

/// A document of one page, without tables: the reader finds its way by the objects.
fn pdf(content: &str, font: &str, page: &str, more: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R{page}>>endobj\n\
         4 0 obj<</Type/Font{font}>>endobj\n5 0 obj<</Length {}>>stream\n{content}\nendstream endobj\n{more}\n\
         trailer<</Root 1 0 R>>\n%%EOF",
        content.len()
    )
    .into_bytes()
}

const HELVETICA: &str = "/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding";

fn drawn(content: &str) -> String {
    text(&pdf(content, HELVETICA, "", ""))
}

fn text(bytes: &[u8]) -> String {
    extract(bytes, &Limits::default()).unwrap().text.trim().to_string()
}

#[test]
fn brackets_that_close_nothing_do_not_end_the_page() {
    assert_eq!(drawn(") ] >> } BT /F 12 Tf 72 700 Td (kept words) Tj ET"), "kept words");
}

#[test]
fn text_outside_the_page_is_left_out() {
    assert_eq!(drawn("BT /F 12 Tf 72 700 Td (on the page) Tj 0 -900 Td (below it) Tj ET"), "on the page");
}

#[test]
fn accents_drawn_over_letters_join_them() {
    // As TeX does it: the accent, then back, then its letter.
    let line = "BT /F 10 Tf 72 700 Td (M) Tj 1 0 0 1 81.44 700 Tm (\\250) Tj 1 0 0 1 80.33 700 Tm (uller) Tj ET";
    assert_eq!(drawn(line), "Müller");
}

#[test]
fn a_divided_word_is_one() {
    let lines = "BT /F 10 Tf 14 TL 72 700 Td (by introduc-) Tj T* (ing a full-) Tj T* (stack team) Tj ET";
    assert_eq!(drawn(lines), "by introducing\na full-stack\nteam");
}

#[test]
fn fonts_that_are_missing_keep_their_widths() {
    let widths = "900 ".repeat(95);
    let font = format!(
        "/Subtype/TrueType/BaseFont/Unheard/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 126/Widths[{widths}]\
         /FontDescriptor<</Type/FontDescriptor/FontName/Unheard/Flags 32>>"
    );
    let content = "BT /F 10 Tf 72 700 Td [(Berlin)-10(er) ( words)] TJ ET";
    assert_eq!(text(&pdf(content, &font, "", "")), "Berliner words");
}

#[test]
fn form_fields_without_a_drawing_are_read_and_hidden_ones_are_not() {
    let field = |flags: u8, value: &str, y: u16| {
        let rect = format!("/Rect[72 {y} 300 {}]", y + 20);
        format!("<</Subtype/Widget/FT/Tx/F {flags}/V({value}){rect}>>")
    };
    let page = format!("/Annots[{}{}]", field(4, "Ann Lee", 500), field(2, "secret", 400));
    assert_eq!(text(&pdf("BT /F 12 Tf 72 700 Td (Name) Tj ET", HELVETICA, &page, "")), "Name\n\nAnn Lee");
}

#[test]
fn japanese_text_of_a_font_that_is_not_there_is_read() {
    let font = "/Subtype/Type0/BaseFont/Foo/Encoding/UniJIS-UCS2-H/DescendantFonts[6 0 R]";
    let more = "6 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/Foo/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)\
                /Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/Foo/Flags 4>>>>endobj";
    assert_eq!(text(&pdf("BT /F 12 Tf 72 700 Td <8077 52d9> Tj ET", font, "", more)), "職務");
}
