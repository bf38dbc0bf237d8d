//! What a run has printed, as words: so it can be compared, sorted and kept like
//! other final values.
//!
//! Each line is its number of bytes, and then its bytes, eight to a word.

/// Packs the lines of a transcript; equal lines give equal words.
///
/// ```
/// # use threadbare::program::{pack_lines, unpack_lines};
/// let lines = vec!["ping".to_owned(), String::new(), "a longer line".to_owned()];
/// assert_eq!(unpack_lines(&pack_lines(&lines)), lines);
/// ```
pub fn pack_lines(lines: &[String]) -> Vec<i64> {
    let mut words = Vec::new();
    for line in lines {
        words.push(i64::try_from(line.len()).expect("a line of text"));
        for chunk in line.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            words.push(i64::from_be_bytes(bytes));
        }
    }
    words
}

/// The lines of a transcript that [`pack_lines`] packed.
pub fn unpack_lines(words: &[i64]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = words.iter();
    while let Some(&length) = rest.next() {
        let length = usize::try_from(length).unwrap_or(0);
        let bytes = rest.by_ref().take(length.div_ceil(8));
        let mut bytes: Vec<u8> = bytes.flat_map(|word| word.to_be_bytes()).collect();
        bytes.truncate(length);
        lines.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    lines
}
