//! Processes: what one does to its own copies accords with what another does to its own.
//!
//! A copy is one resource with what it is a copy of; that two actors belong to different
//! processes is asked where they meet. To start a process is to look at everything that is
//! copied, at one moment.
//!
//! An executor counts as shared: who takes jobs has them from every process.

use super::kinds::is_executor;
use super::resources::Resources;
use super::uses::{Class, Uses};
use crate::program::ObjectId;

impl Resources<'_> {
    /// All uses of what each process has a copy of; none in a program without processes.
    pub(super) fn all_copied(&self) -> Uses {
        let program = self.program();
        let mut all = self.none();
        let mut add = |resource: usize| {
            for class in [Class::Take, Class::Give, Class::Change, Class::Look] {
                all.add(resource, class);
            }
        };
        if !program.has_processes() {
            return all;
        }
        for var in program.vars.iter().filter(|var| !var.shared) {
            self.words_of(var).for_each(&mut add);
        }
        for (index, object) in program.objects.iter().enumerate() {
            if !object.shared && !is_executor(&object.kind) {
                add(self.object(ObjectId::new(index)));
            }
        }
        all
    }

    /// A process starts.
    pub(super) fn copy_all(&self, uses: &mut Uses) {
        for resource in 0..self.kinds().len() {
            if self.is_copied(resource) {
                uses.add(resource, Class::Change);
            }
        }
    }

    /// Whether each process has a copy of that.
    pub(super) fn is_copied(&self, resource: usize) -> bool {
        self.copied.changes(resource)
    }
}
