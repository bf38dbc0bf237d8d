//! A scenario as lines: what is declared, who acts, what is claimed.
//!
//! It reads what `threadbare::generate` writes, one declaration a line, and nothing else.

use std::collections::BTreeSet;
use std::fmt;
use threadbare::generate::Random;

#[derive(Clone)]
pub struct Text {
    declared: Vec<String>,
    /// Functions and actors, each with all of its lines.
    blocks: Vec<Vec<String>>,
    claims: Vec<String>,
}

impl Text {
    pub fn new(text: &str) -> Self {
        let mut new = Self {
            declared: Vec::new(),
            blocks: Vec::new(),
            claims: Vec::new(),
        };
        let inside = text.lines().skip(1).filter_map(|line| line.get(4..));
        for line in inside {
            match new.blocks.last_mut() {
                Some(block) if block.last().is_some_and(|last| last != "}") => {
                    block.push(line.to_owned());
                }
                _ if line.ends_with('{') => new.blocks.push(vec![line.to_owned()]),
                Some(_) => new.claims.push(line.to_owned()),
                None => new.declared.push(line.to_owned()),
            }
        }
        new
    }

    fn lines(&self) -> impl Iterator<Item = &String> {
        let blocks = self.blocks.iter().flatten();
        self.declared.iter().chain(blocks).chain(&self.claims)
    }

    fn map(&self, change: impl Fn(&str) -> String) -> Self {
        let all = |lines: &[String]| lines.iter().map(|line| change(line)).collect();
        Self {
            declared: all(&self.declared),
            blocks: self.blocks.iter().map(|block| all(block)).collect(),
            claims: all(&self.claims),
        }
    }

    pub fn mentions(&self, word: &str) -> bool {
        self.lines()
            .any(|line| words(line).any(|(name, _)| name == word))
    }

    pub fn has_tasks(&self) -> bool {
        self.mentions("task") || self.mentions("green")
    }

    /// With other names for all that the author named.
    pub fn renamed(&self, new: impl Fn(&str) -> String) -> Self {
        self.map(|line| {
            let mut out = String::new();
            for (word, rest) in words(line) {
                out += &if is_name(word) {
                    new(word)
                } else {
                    word.to_owned()
                };
                out += rest;
            }
            out
        })
    }

    /// Declarations in another order; and actors, if so wanted.
    pub fn shuffled(&self, seed: u64, actors: bool) -> Self {
        let mut random = Random::new(seed);
        let mut new = self.clone();
        shuffle(&mut new.declared, &mut random);
        if actors {
            shuffle(&mut new.blocks, &mut random);
        }
        new
    }

    pub fn declaring(&self, line: &str) -> Self {
        let mut new = self.clone();
        new.declared.push(line.to_owned());
        new
    }

    pub fn with_actor(&self, lines: &[&str]) -> Self {
        let mut new = self.clone();
        new.blocks
            .push(lines.iter().map(|&line| line.to_owned()).collect());
        new
    }

    /// Every actor and function begins with this statement.
    pub fn beginning_with(&self, line: &str) -> Self {
        let mut new = self.clone();
        for block in &mut new.blocks {
            block.insert(1, format!("    {line}"));
        }
        new
    }

    /// Without what is claimed about the order of what is printed.
    pub fn without_transcripts(&self) -> Self {
        let mut new = self.clone();
        new.claims.retain(|line| !line.contains(" print"));
        new
    }

    /// Without a lock that is used by `with` alone.
    pub fn without_a_lock(&self, _seed: u64) -> Option<Self> {
        let locks = self.declared.iter();
        let locks = locks.filter_map(|line| line.strip_prefix("lock "));
        let with = |lock: &str| format!("with {lock} {{");
        let alone = |lock: &&str| {
            let mentions = |line: &&String| words(line).any(|(word, _)| word == *lock);
            let plain =
                |line: &String| line.trim() == with(lock) || *line == format!("lock {lock}");
            let mut lines = self.lines().filter(mentions);
            lines.all(plain)
        };
        let lock = locks.into_iter().find(alone)?.to_owned();
        let mut new = self.map(|line| line.replace(&with(&lock), "if true {"));
        new.declared.retain(|line| *line != format!("lock {lock}"));
        Some(new)
    }

    pub fn beside(&self, other: &Self) -> Self {
        Self {
            declared: [&*self.declared, &other.declared].concat(),
            blocks: [&*self.blocks, &other.blocks].concat(),
            claims: [&*self.claims, &other.claims].concat(),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "scenario \"random\" {{")?;
        for line in self.lines() {
            writeln!(f, "    {line}")?;
        }
        writeln!(f, "}}")
    }
}

fn shuffle<T>(list: &mut [T], random: &mut Random) {
    for index in (1..list.len()).rev() {
        let other = random.below(index + 1);
        list.swap(index, other);
    }
}

/// Words of a line, each with what stands between it and the next.
fn words(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let starts: BTreeSet<usize> = line
        .char_indices()
        .filter(|&(at, c)| is_word(c) && !line[..at].ends_with(is_word))
        .map(|(at, _)| at)
        .chain([0])
        .collect();
    let ends: Vec<usize> = starts.iter().copied().skip(1).chain([line.len()]).collect();
    let pieces = starts.into_iter().zip(ends);
    pieces.map(|(from, to)| {
        let piece = &line[from..to];
        piece.split_at(piece.find(|c| !is_word(c)).unwrap_or(piece.len()))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The generator's names are a few letters and a number.
fn is_name(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let known = ["any", "io"].contains(&word);
    !known && letters.len() < word.len() && letters.starts_with(|c: char| c.is_ascii_lowercase())
}
