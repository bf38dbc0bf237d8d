//! Which characters may stand in names, and which look like something else.

/// Whether a name may begin with `c`.
pub fn starts_name(c: char) -> bool {
    (c == '_' || unicode_ident::is_xid_start(c)) && !is_invisible(c)
}

/// Whether a name may go on with `c`.
pub fn continues_name(c: char) -> bool {
    unicode_ident::is_xid_continue(c) && !is_invisible(c)
}

/// Characters that change the direction of text ("Trojan Source", CVE-2021-42574).
pub fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

/// Characters that cannot be seen, of which some count as letters in Unicode.
pub fn is_invisible(c: char) -> bool {
    is_bidi(c)
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The punctuation that a character of mathematics or typography stands for.
pub fn lookalike(c: char) -> Option<&'static str> {
    Some(match c {
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '×' => "*",
        '÷' => "/",
        '−' | '–' | '—' => "-",
        '→' => "->",
        '⇒' => "=>",
        '∧' => "&&",
        '∨' => "||",
        '¬' => "!",
        '；' => ";",
        '，' => ",",
        '：' => ":",
        '（' => "(",
        '）' => ")",
        '｛' => "{",
        '｝' => "}",
        '＝' => "=",
        _ => return None,
    })
}
