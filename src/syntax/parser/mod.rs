//! From tokens to a syntax tree, by recursive descent with recovery.
//!
//! A mistake inside a statement or item is reported once; the parser then skips
//! to the next line that can begin one, and goes on. Forms of other languages
//! are reported and read as what they mean.
//!
//! Cost: linear. **Invariant:** every loop consumes a token or ends, and
//! recursion stops at [`limits::NESTING_MAX`]; a breach of a limit ends the
//! parse of the file.
//!
//! [`limits::NESTING_MAX`]: super::limits::NESTING_MAX

mod actor;
mod block;
mod control;
mod cursor;
mod declare;
mod expect;
mod expr;
mod file;
mod item;
mod mistakes;
mod object;
mod operand;
mod property;
mod python;
mod spawn;
mod stmt;
#[cfg(test)]
mod tests;

use super::ast;
use super::lexer::{Lexed, lex};
use super::limits::{DIAGNOSTICS_MAX, FILE_BYTES_MAX};
use super::mark::Marks;
use super::token::{Comment, Token};
use super::{code, lexer};
use crate::base::{Diagnostic, Source, Span};

/// Understands the body of `source` as far as possible, and says what is wrong with it.
///
/// The mistakes come in source order, at most 100. The tree may hold
/// [`ast::ExprKind::Error`] and [`ast::StmtKind::Error`], and empty names, only
/// if there are mistakes.
///
/// ```
/// use threadbare::{base::Source, syntax::parse};
/// let source = Source::new("a.tb", r#"scenario "empty" { thread t { skip } }"#);
/// let (file, mistakes) = parse(&source);
/// assert!(mistakes.is_empty());
/// assert_eq!(file.items.len(), 1);
/// ```
pub fn parse(source: &Source) -> (ast::File, Vec<Diagnostic>) {
    let parsed = parse_marked(source);
    (parsed.file, parsed.diagnostics)
}

/// A tree with all that the printer needs besides.
pub(super) struct Parsed {
    pub(super) file: ast::File,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) marks: Marks,
}

pub(super) fn parse_marked(source: &Source) -> Parsed {
    let body = source.body();
    let lexed = if let Some(mistake) = python::file_of_python(source) {
        unread(mistake)
    } else if body.len() > FILE_BYTES_MAX {
        unread(too_large(source))
    } else {
        lex(source)
    };
    let mut parser = Parser::new(source, &lexed);
    let items = parser.file_items();
    let (diagnostics, marks) = (parser.diagnostics, parser.marks);
    Parsed {
        file: ast::File {
            items,
            span: Span::new(body.start, body.end),
        },
        diagnostics: in_order(lexed.diagnostics, diagnostics),
        tokens: lexed.tokens,
        comments: lexed.comments,
        marks,
    }
}

/// Stands for a file that is not read, and says why.
fn unread(mistake: Diagnostic) -> Lexed {
    let mut lexed = lexer::lex(&Source::with_body("", "", 0..0));
    lexed.diagnostics.push(mistake);
    lexed
}

fn too_large(source: &Source) -> Diagnostic {
    let body = source.body();
    Diagnostic::error(
        code::LIMIT,
        Span::new(body.start, body.start),
        "the file is too large",
    )
    .label(format!(
        "{} bytes, at most {FILE_BYTES_MAX} are allowed",
        body.len()
    ))
}

/// Both lists in source order; where both complain about one place, the lexer is right.
fn in_order(lexical: Vec<Diagnostic>, syntactic: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = lexical;
    all.extend(syntactic);
    all.sort_by_key(|mistake| mistake.span.start);
    all.dedup_by_key(|mistake| mistake.span);
    all.truncate(DIAGNOSTICS_MAX);
    all
}

/// An opening brace that is not closed yet.
#[derive(Clone, Copy)]
struct Opener {
    span: Span,
    indent: u32,
}

struct Parser<'a> {
    source: &'a Source,
    tokens: &'a [Token],
    comments: &'a [Comment],
    /// The next token.
    pos: usize,
    /// Blocks, brackets and prefix operators around it.
    depth: usize,
    /// Height of the expression parsed last.
    height: u32,
    /// Open braces of blocks around it.
    openers: Vec<Opener>,
    /// The first brace whose partner is indented like that of another.
    suspect: Option<Opener>,
    /// What the blocks around it belong to, for messages: ``thread `worker` ``.
    actor: String,
    /// Whether the current statement or item has failed; more would be guesses.
    failed: bool,
    /// Whether blocks end early because a closing brace is missing.
    bailing: bool,
    /// Whether nothing more is to be said.
    stopped: bool,
    /// A word that is read as another one, once reported.
    respelled: Option<(usize, &'static str)>,
    marks: Marks,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Parser<'a> {
    fn new(source: &'a Source, lexed: &'a Lexed) -> Self {
        Self {
            source,
            tokens: &lexed.tokens,
            comments: &lexed.comments,
            pos: 0,
            depth: 0,
            height: 0,
            openers: Vec::new(),
            suspect: None,
            actor: String::new(),
            failed: false,
            bailing: false,
            stopped: false,
            respelled: None,
            marks: Marks::new(lexed.tokens.len()),
            diagnostics: Vec::new(),
        }
    }
}
