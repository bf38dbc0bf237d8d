//! What the parser tells the printer about single tokens.

/// A role of a token in the layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Begins a line: an item, a statement, an arm.
    Line = 1,
    /// A brace around lines.
    Block = 2,
    /// Has no space before it: the parenthesis of a call, the bracket of an index.
    Tight = 4,
    /// A prefix operator: has no space after it.
    Prefix = 8,
    /// Opens a list with commas, which may be broken after each of them.
    List = 16,
    /// Is left out in the canonical layout: `;`, a last comma.
    Drop = 32,
    /// `&&` or `||`: a long line may be broken before it.
    Break = 64,
}

/// The roles of all tokens.
#[derive(Clone, Debug)]
pub struct Marks(Vec<u8>);

impl Marks {
    /// No roles for `n_tokens` tokens.
    pub fn new(n_tokens: usize) -> Self {
        Self(vec![0; n_tokens])
    }

    /// Gives the token `index` a role.
    pub fn set(&mut self, index: usize, mark: Mark) {
        if let Some(bits) = self.0.get_mut(index) {
            *bits |= mark as u8;
        }
    }

    /// Whether the token `index` has a role.
    pub fn has(&self, index: usize, mark: Mark) -> bool {
        self.0.get(index).is_some_and(|bits| bits & mark as u8 != 0)
    }
}
