//! How wide a value is, and what its words are called and look like.

use crate::hir::{Scenario, StructId, Type};
use crate::program::ValueKind;

/// One word of a value: `.id` of a struct, nothing for a simple value.
pub(super) struct Word {
    /// What is appended to the value's name.
    pub suffix: String,
    /// How it is shown.
    pub kind: ValueKind,
}

/// The types of a scenario with their widths.
pub(super) struct Types<'h> {
    scenario: &'h Scenario,
    /// Words of each struct; saturates, so that the limits can be checked.
    structs: Vec<usize>,
}

impl<'h> Types<'h> {
    /// Computes the widths of all structs.
    pub fn new(scenario: &'h Scenario) -> Self {
        let mut types = Types {
            scenario,
            structs: vec![usize::MAX; scenario.structs.len()],
        };
        let mut known = vec![false; scenario.structs.len()];
        for row in 0..scenario.structs.len() {
            types.measure(StructId::new(row), &mut known);
        }
        types
    }

    fn measure(&mut self, id: StructId, known: &mut [bool]) {
        if std::mem::replace(&mut known[id.index()], true) {
            return;
        }
        let mut width = 0_usize;
        for field in &self.scenario.structs[id.index()].fields {
            if let Type::Struct(inner) = field.ty {
                self.measure(inner, known);
            }
            width = width.saturating_add(self.width(&field.ty));
        }
        self.structs[id.index()] = width;
    }

    /// Words of a value of the type.
    pub fn width(&self, ty: &Type) -> usize {
        match ty {
            Type::Unit => 0,
            Type::Struct(id) => self.structs[id.index()],
            Type::Futures(_, n) => *n as usize,
            Type::Values(of, n) => self.width(of).saturating_mul(*n as usize),
            _ => 1,
        }
    }

    /// The offset and the type of what a path of field numbers leads to.
    pub fn field(&self, ty: &Type, path: &[usize]) -> (usize, Type) {
        let mut offset = 0;
        let mut ty = ty.clone();
        for &field in path {
            let Type::Struct(id) = ty else {
                unreachable!("only structs have fields");
            };
            let fields = &self.scenario.structs[id.index()].fields;
            offset += fields[..field]
                .iter()
                .map(|before| self.width(&before.ty))
                .sum::<usize>();
            ty = fields[field].ty.clone();
        }
        (offset, ty)
    }

    /// The words of a value, in order.
    pub fn words(&self, ty: &Type) -> Vec<Word> {
        let mut words = Vec::new();
        self.push_words(ty, "", &mut words);
        words
    }

    fn push_words(&self, ty: &Type, suffix: &str, words: &mut Vec<Word>) {
        if let Type::Struct(id) = ty {
            for field in &self.scenario.structs[id.index()].fields {
                self.push_words(&field.ty, &format!("{suffix}.{}", field.name), words);
            }
        } else if let Type::Futures(of, n) = ty {
            for index in 0..*n {
                let one = Type::Future(of.clone());
                self.push_words(&one, &format!("{suffix}[{index}]"), words);
            }
        } else if let Type::Values(of, n) = ty {
            for index in 0..*n {
                self.push_words(of, &format!("{suffix}[{index}]"), words);
            }
        } else if *ty != Type::Unit {
            words.push(Word {
                suffix: suffix.to_owned(),
                kind: kind(ty),
            });
        }
    }
}

/// How a word of a simple type is shown.
fn kind(ty: &Type) -> ValueKind {
    match ty {
        Type::Bool => ValueKind::Bool,
        Type::Enum(id) => ValueKind::Enum(id.0),
        Type::Str => ValueKind::Str,
        Type::Object(_) => ValueKind::Object,
        Type::Handle | Type::Task(_) => ValueKind::Handle,
        Type::Future(_) => ValueKind::Future,
        Type::Unit | Type::Int | Type::Struct(_) | Type::Futures(..) | Type::Values(..) => {
            ValueKind::Int
        }
    }
}
