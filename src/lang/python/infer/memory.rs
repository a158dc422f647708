//! What has been found of a file's expressions and names, each under its number.

use rustc_hash::FxHashMap;

use super::types::Types;
use crate::source::to_u32;

/// What is known under a number: nothing yet, that it is being asked for, or else what was found, by place among all that
/// was found, after these two.
pub(super) type Memo = u32;
pub(super) const UNSEEN: Memo = 0;
/// To itself it adds nothing.
pub(super) const BUSY: Memo = 1;
const FIRST: Memo = 2;

/// By number.
#[derive(Debug)]
enum Memos {
    /// Most will be asked for.
    All(Vec<Memo>),
    /// A few will be.
    Few(FxHashMap<usize, Memo>),
}

/// What has been found, with the steps that it needed.
#[derive(Debug)]
pub(super) struct Memory {
    memos: Memos,
    found: Vec<(Types, u8)>,
}

impl Memory {
    /// Of so many, most of which will be asked for, with room for what some are.
    pub(super) fn of_all(count: usize, room: usize) -> Self {
        Self {
            memos: Memos::All(vec![UNSEEN; count]),
            found: Vec::with_capacity(room),
        }
    }

    /// Where a few will be asked for.
    pub(super) fn of_few() -> Self {
        Self {
            memos: Memos::Few(FxHashMap::default()),
            found: Vec::new(),
        }
    }

    pub(super) fn get(&self, at: usize) -> Memo {
        match &self.memos {
            Memos::All(all) => all[at],
            Memos::Few(few) => few.get(&at).copied().unwrap_or(UNSEEN),
        }
    }

    /// What was found, where it is.
    pub(super) fn found(&self, memo: Memo) -> Option<&(Types, u8)> {
        self.found.get(memo.checked_sub(FIRST)? as usize)
    }

    fn set(&mut self, at: usize, memo: Memo) {
        match &mut self.memos {
            Memos::All(all) => all[at] = memo,
            Memos::Few(few) => {
                few.insert(at, memo);
            }
        }
    }

    /// It is being asked for.
    pub(super) fn begin(&mut self, at: usize) {
        self.set(at, BUSY);
    }

    pub(super) fn remember(&mut self, at: usize, types: &Types, needs: u8) {
        self.set(at, to_u32(self.found.len()) + FIRST);
        self.found.push((types.clone(), needs));
    }
}
