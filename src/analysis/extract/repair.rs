//! A damaged PDF written anew: the objects that are found in it, wherever its tables say they are, with streams of the
//! length they have. Nothing is understood of the objects; the reader does that.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::archive::inflated;
use super::salvage;

/// More objects than a document that is read has.
const MAX_OBJECTS: usize = 200_000;
/// How far the word after a stream may be from where its stated length ends.
const SLACK: usize = 8;
/// Longest map from codes to characters that is looked into, packed or not.
const LONGEST_MAP: usize = 256 * 1024;

/// An object as it was found: its head `12 0 obj` and where its body is.
struct Found {
    number: u32,
    generation: u32,
    dict: Range<usize>,
    stream: Option<Range<usize>>,
}

/// How many different objects stand in a file.
pub fn object_count(bytes: &[u8]) -> usize {
    let numbers: std::collections::HashSet<u32> = heads(bytes).map(|head| head.number).collect();
    numbers.len()
}

/// How a file is put together anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As its catalogue says.
    Catalogue,
    /// The pages that were found are the document, whatever its catalogue says.
    OwnTree,
    /// As its catalogue says, without the fonts inside it: a damaged one takes its letters with it.
    WithoutFonts,
}

/// The file anew, without tables; `None` when it holds no objects.
pub fn rebuilt(bytes: &[u8], way: Way) -> Option<Vec<u8>> {
    let objects = objects(bytes);
    if objects.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len() + 1024);
    out.extend_from_slice(b"%PDF-1.7\n");
    for object in &objects {
        write(&mut out, bytes, object, way);
    }
    if way == Way::OwnTree {
        write_tree(&mut out, bytes, &objects)?;
    } else {
        for at in finds(bytes, b"trailer") {
            let dict = &bytes[at..(at + 4096).min(bytes.len())];
            let end = find(dict, b"startxref").or_else(|| find(dict, b" obj")).unwrap_or(dict.len());
            if let Some(end) = dict[..end].windows(2).rposition(|two| two == b">>") {
                out.extend_from_slice(&dict[..end + 2]);
                out.push(b'\n');
            }
        }
        if let Some(catalogue) = objects.iter().rev().find(|object| is_kind(&bytes[object.dict.clone()], b"Catalog"))
            && !out.windows(5).any(|five| five == b"/Root")
        {
            out.extend_from_slice(trailer(catalogue.number, catalogue.generation).as_bytes());
        }
    }
    Some(out)
}

struct Head {
    start: usize,
    end: usize,
    number: u32,
    generation: u32,
}

/// Every `12 0 obj` of a file.
fn heads(bytes: &[u8]) -> impl Iterator<Item = Head> + '_ {
    finds(bytes, b"obj").filter_map(|at| {
        let before = bytes[..at].trim_ascii_end();
        let (generation, before) = number_at_end(before)?;
        let blank = before.trim_ascii_end();
        let (number, rest) = number_at_end(blank)?;
        (blank.len() < before.len()).then_some(Head { start: rest.len(), end: at + 3, number, generation })
    })
}

fn number_at_end(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digits = bytes.iter().rev().take(10).take_while(|b| b.is_ascii_digit()).count();
    let (rest, digits) = bytes.split_at(bytes.len() - digits);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

fn objects(bytes: &[u8]) -> Vec<Found> {
    let heads: Vec<Head> = heads(bytes).take(MAX_OBJECTS).collect();
    // Later definitions replace earlier ones where they stand in the file.
    let mut found = BTreeMap::new();
    let mut read_to = 0;
    for (i, head) in heads.iter().enumerate() {
        if head.start < read_to {
            continue;
        }
        let region = head.end..heads.get(i + 1).map_or(bytes.len(), |next| next.start);
        let object = object(bytes, head, region);
        if let Some(stream) = &object.stream {
            read_to = stream.end;
        }
        found.insert((head.number, head.generation), object);
    }
    found.into_values().collect()
}

/// An object in its region; a stream of stated length may reach beyond it.
fn object(bytes: &[u8], head: &Head, region: Range<usize>) -> Found {
    let (start, body) = (region.start, &bytes[region]);
    let found = |dict: Range<usize>, stream| Found { number: head.number, generation: head.generation, dict, stream };
    let keyword = finds(body, b"stream").find(|at| body[..*at].trim_ascii_end().ends_with(b">>"));
    let Some(keyword) = keyword else {
        let end = find(body, b"endobj").unwrap_or(body.len());
        return found(start..start + end, None);
    };
    let mut data = start + keyword + b"stream".len();
    if bytes.get(data) == Some(&b'\r') {
        data += 1;
    }
    if bytes.get(data) == Some(&b'\n') {
        data += 1;
    }
    let dict = start..start + keyword;
    let stated = stated_length(&bytes[dict.clone()]).and_then(|length| data.checked_add(length));
    let stated = stated.filter(|end| {
        let after = bytes.get(*end..(*end + SLACK + b"endstream".len()).min(bytes.len()));
        after.is_some_and(|after| find(after, b"endstream").is_some())
    });
    let rest = &bytes[data.min(start + body.len())..start + body.len()];
    let end = stated.unwrap_or_else(|| {
        let end = find(rest, b"endstream").or_else(|| finds(rest, b"endobj").last()).unwrap_or(rest.len());
        data + rest[..end].trim_ascii_end().len()
    });
    found(dict, Some(data..end.max(data)))
}

/// Where `/Length` stands in a dictionary and the number after it; a reference has none.
fn length_entry(dict: &[u8]) -> Option<(Range<usize>, Option<usize>)> {
    let at = finds(dict, b"/Length").find(|at| !dict.get(at + 7).is_some_and(u8::is_ascii_alphanumeric))?;
    let value = &dict[at + 7..];
    let length = value.iter().position(|b| !b.is_ascii_digit() && !b.is_ascii_whitespace() && *b != b'-' && *b != b'R');
    let value = &value[..length.unwrap_or(value.len())];
    let number = std::str::from_utf8(value.trim_ascii()).ok().and_then(|text| text.parse().ok());
    Some((at..at + 7 + value.len(), number))
}

fn stated_length(dict: &[u8]) -> Option<usize> {
    length_entry(dict)?.1
}

fn write(out: &mut Vec<u8>, bytes: &[u8], object: &Found, way: Way) {
    let mut dict = salvage::object(&bytes[object.dict.clone()]);
    if way == Way::WithoutFonts {
        for at in finds(&dict, b"/FontFile").collect::<Vec<_>>() {
            dict[at + 1] = b'X';
        }
    }
    out.extend_from_slice(format!("{} {} obj\n", object.number, object.generation).as_bytes());
    match object.stream.as_ref().and_then(|stream| bytes.get(stream.clone())) {
        None => out.extend_from_slice(&dict),
        Some(data) => {
            let data = as_bytes(&mut dict, data);
            let data = as_map(&mut dict, &data).map_or(data, Cow::Owned);
            let length = format!("/Length {} ", data.len());
            let open = find(&dict, b"<<").map_or(0, |at| at + 2);
            let (entry, _) = length_entry(&dict).unwrap_or((open..open, None));
            out.extend_from_slice(&dict[..entry.start]);
            out.extend_from_slice(length.as_bytes());
            out.extend_from_slice(&dict[entry.end..]);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(&data);
            out.extend_from_slice(b"\nendstream");
        }
    }
    out.extend_from_slice(b"\nendobj\n");
}

/// Data whose letters stand for bytes as these bytes; the dictionary no longer says so.
fn as_bytes<'b>(dict: &mut Vec<u8>, data: &'b [u8]) -> Cow<'b, [u8]> {
    const NAMES: [&[u8]; 2] = [b"/ASCII85Decode", b"/A85"];
    let filter = find(dict, b"/Filter").filter(|_| find(dict, b"/DecodeParms").is_none());
    let first = filter.and_then(|at| {
        let value = at + b"/Filter".len();
        let blank = dict[value..].iter().take_while(|b| b.is_ascii_whitespace() || **b == b'[').count();
        let name = NAMES.iter().find(|name| dict[value + blank..].starts_with(name))?;
        let alone = !dict[value..value + blank].contains(&b'[');
        Some((if alone { at } else { value + blank }, value + blank + name.len()))
    });
    match first {
        Some((from, until)) => {
            dict.drain(from..until);
            salvage::ascii85(data).into()
        }
        None => data.into(),
    }
}

/// A map from codes to characters, unpacked and without its damaged lines.
fn as_map(dict: &mut Vec<u8>, data: &[u8]) -> Option<Vec<u8>> {
    if data.len() > LONGEST_MAP
        || [b"/Length1".as_slice(), b"/Subtype", b"/DecodeParms"].iter().any(|key| find(dict, key).is_some())
    {
        return None;
    }
    let Some(at) = find(dict, b"/Filter") else { return salvage::character_map(data) };
    let value = &dict[at + b"/Filter".len()..];
    let filter = value.trim_ascii_start().strip_prefix(b"/FlateDecode")?;
    let until = dict.len() - filter.len();
    let map = salvage::character_map(&inflated(data.get(2..)?, LONGEST_MAP as u64))?;
    dict.drain(at..until);
    Some(map)
}

/// A page tree of the pages that were found, with the resources of the tree they came from.
fn write_tree(out: &mut Vec<u8>, bytes: &[u8], objects: &[Found]) -> Option<()> {
    let dict = |object: &Found| &bytes[object.dict.clone()];
    let pages: Vec<&Found> = objects
        .iter()
        .filter(|object| {
            object.stream.is_none() && is_kind(dict(object), b"Page") || is_page_without_name(dict(object))
        })
        .collect();
    let last = objects.iter().map(|object| object.number).max()?;
    if pages.is_empty() {
        return None;
    }
    let kids: Vec<String> = pages.iter().map(|page| format!("{} {} R", page.number, page.generation)).collect();
    let resources = objects.iter().map(dict).filter(|dict| is_kind(dict, b"Pages")).find_map(|dict| {
        let at = find(dict, b"/Resources")?;
        Some(String::from_utf8_lossy(&dict[at..]).into_owned())
    });
    // What follows the resources in the old dictionary comes along, its end included.
    let rest = resources.unwrap_or_else(|| ">>".into());
    let (tree, catalogue) = (last.checked_add(1)?, last.checked_add(2)?);
    out.extend_from_slice(
        format!("{tree} 0 obj\n<</Type/Pages/Count {}/Kids[{}]{rest}\nendobj\n", kids.len(), kids.join(" ")).as_bytes(),
    );
    out.extend_from_slice(format!("{catalogue} 0 obj\n<</Type/Catalog/Pages {tree} 0 R>>\nendobj\n").as_bytes());
    out.extend_from_slice(trailer(catalogue, 0).as_bytes());
    Some(())
}

fn trailer(root: u32, generation: u32) -> String {
    format!("trailer\n<</Root {root} {generation} R>>\n")
}

/// Whether a dictionary says `/Type /Kind`.
fn is_kind(dict: &[u8], kind: &[u8]) -> bool {
    finds(dict, b"/Type").any(|at| {
        let name = dict[at + 5..].trim_ascii_start();
        name.strip_prefix(b"/")
            .and_then(|name| name.strip_prefix(kind))
            .is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
    })
}

fn is_page_without_name(dict: &[u8]) -> bool {
    find(dict, b"/Contents").is_some() && find(dict, b"/MediaBox").or_else(|| find(dict, b"/Resources")).is_some()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    finds(haystack, needle).next()
}

/// Where a word stands, each place once.
fn finds<'b>(haystack: &'b [u8], needle: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    let first = needle[0];
    haystack
        .windows(needle.len())
        .enumerate()
        .filter(move |(_, window)| window[0] == first && *window == needle)
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anew(file: &str, way: Way) -> String {
        String::from_utf8(rebuilt(file.as_bytes(), way).unwrap()).unwrap()
    }

    #[test]
    fn streams_get_the_length_they_have() {
        for stream in
            ["<</Length 99>>stream\nBT ET\nendstream", "<<>>stream\r\nBT ET\nendobj", "<</Length 7 0 R>> stream\nBT ET"]
        {
            let out = anew(&format!("junk 4 0 obj\n{stream}\n5 0 obj 1 endobj"), Way::Catalogue);
            assert!(out.contains("/Length 5 "), "{out}");
            assert!(out.contains("stream\nBT ET\nendstream\nendobj\n5 0 obj\n 1 \nendobj"), "{out}");
        }
    }

    #[test]
    fn what_looks_like_an_object_inside_a_stream_is_none() {
        let out = anew("4 0 obj<</Length 11>>stream\n1 0 obj\n2 0\nendstream endobj", Way::Catalogue);
        assert_eq!(out.matches("endobj").count(), 1);
    }

    #[test]
    fn pages_without_a_tree_get_one() {
        let file = "3 0 obj<</Type/Page/Contents 4 0 R>>endobj 9 0 obj<</Type /Pages/Resources<</Font 5 0 R>>>>endobj";
        let out = anew(file, Way::OwnTree);
        assert!(out.contains("10 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]/Resources<</Font 5 0 R>>>>"), "{out}");
        assert!(out.ends_with("trailer\n<</Root 11 0 R>>\n"));
        assert!(
            rebuilt(b"1 0 obj 2 endobj", Way::OwnTree).is_none() && rebuilt(b"no objects", Way::Catalogue).is_none()
        );
    }

    #[test]
    fn a_lost_trailer_is_replaced() {
        assert!(anew("1 0 obj<</Type/Catalog>>endobj", Way::Catalogue).ends_with("trailer\n<</Root 1 0 R>>\n"));
        assert!(
            anew("1 0 obj<</Type/Catalog>>endobj trailer <</Root 1 0 R/ID[<0>]>> startxref", Way::Catalogue)
                .ends_with("/ID[<0>]>>\n")
        );
    }

    #[test]
    fn letters_to_the_base_85_are_written_as_bytes() {
        for filter in ["[/ASCII85Decode /FlateDecode]", "[ /A85/FlateDecode]"] {
            let out = anew(
                &format!("4 0 obj<</Filter {filter}/Length 9>>stream\n87c\u{c}URD]i,\"Ebo80~>\nendstream"),
                Way::Catalogue,
            );
            assert!(
                out.contains("/FlateDecode]/Length 12 ") && out.contains("stream\nHello World!\nendstream"),
                "{out}"
            );
        }
        let out = anew("4 0 obj<</Filter/A85>>stream\n87cUR~>\nendstream", Way::Catalogue);
        assert!(!out.contains("Filter") && out.contains("stream\nHell\nendstream"), "{out}");
    }

    #[test]
    fn fonts_are_left_out() {
        let file = "4 0 obj<</FontFile2 5 0 R/FontName/A>>endobj";
        assert!(
            anew(file, Way::Catalogue).contains("/FontFile2") && !anew(file, Way::WithoutFonts).contains("/FontFile2")
        );
    }

    #[test]
    fn maps_are_cleared_of_damage() {
        let map = "begincmap\nbeg<ncodespacerange\n<0001> <0041>\nendcmap";
        let out = anew(&format!("4 0 obj<</Length 9>>stream\n{map}\nendstream"), Way::Catalogue);
        assert!(out.contains("<0000> <FFFF>") && out.contains("1 beginbfchar\n<0001> <0041>\nendbfchar"), "{out}");
    }
}
