//! What an expression may be: a few alternatives, and whether there may be others.

use std::sync::Arc;

/// A definition of the project: a file, and an item of it.
pub(in crate::lang::python) type Def = (u32, u32);

/// A class as a receiver: which, and whether it stands for whichever subclass the method is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::lang::python) struct Of {
    pub(in crate::lang::python) class: Def,
    /// `self`: an instance of the class or of a class below it. What a method returns of it is what it was called on.
    pub(in crate::lang::python) own: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::lang::python) enum Type {
    /// `None`
    Nothing,
    Module(u32),
    /// A folder without a package file.
    Folder(Arc<str>),
    Class(Of),
    Instance(Of),
    /// A function, and what it is bound to as a method.
    Function {
        def: Def,
        receiver: Option<Of>,
    },
    /// `super()` in a method of this class.
    Super(Def),
    /// Something outside the project by its full name: a module, a class, a function.
    Outside(Arc<str>),
    /// A value of a class outside, by the class's full name.
    Value(Arc<str>),
    /// What, when called, gives this.
    Giving(Arc<str>, Types),
    /// What gives these one after the other: a list, a set, a generator.
    Sequence(Types),
    Mapping(Types, Types),
    Tuple(Arc<[Types]>),
    /// What gives this once it is awaited.
    Later(Types),
    /// What gives this in `with`.
    Manager(Types),
}

/// How a class, function or module came to be known here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::lang::python) enum Way {
    /// On a value: it was returned, or held by an attribute.
    #[default]
    Value,
    /// By a name: the import that brought it, and the files that hand it on.
    Name { import: Option<u32>, chain: Chain },
}

/// The files that hand a name on, in order; mostly none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::lang::python) struct Chain(Option<Arc<[u32]>>);

impl From<&[u32]> for Chain {
    fn from(files: &[u32]) -> Self {
        Self((!files.is_empty()).then(|| files.into()))
    }
}

impl std::ops::Deref for Chain {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// One alternative.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::lang::python) struct Known {
    pub(in crate::lang::python) of: Type,
    pub(in crate::lang::python) way: Way,
}

impl Known {
    pub(in crate::lang::python) fn by_value(of: Type) -> Self {
        Self { of, way: Way::Value }
    }
}

/// How many alternatives are told apart; with more, something else is possible too.
const MOST: usize = 8;

/// How deep types stand within each other; what is deeper is not known.
const DEEPEST: u8 = 4;

/// One alternative needs no list of its own.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Several {
    One(Known),
    More(Vec<Known>),
}

impl Several {
    fn all(&self) -> &[Known] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::More(all) => all,
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Alternatives {
    known: Several,
    open: bool,
    /// How deep types stand within each other.
    depth: u8,
    /// Whether any of it depends on the receiver.
    own: bool,
}

/// Alternatives, and whether there may be others. The default says nothing: anything is possible.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::lang::python) struct Types(Option<Arc<Alternatives>>);

impl Types {
    /// Anything is possible.
    pub(in crate::lang::python) const UNKNOWN: Self = Self(None);

    /// One alternative and no other.
    pub(in crate::lang::python) fn just(of: Type) -> Self {
        Self::known(Known::by_value(of))
    }

    /// One alternative and no other.
    pub(in crate::lang::python) fn known(known: Known) -> Self {
        Self::made(Several::One(known), false)
    }

    pub(in crate::lang::python) fn of(mut known: Vec<Known>, open: bool) -> Self {
        match known.len() {
            0 if open => Self::default(),
            1 => known
                .pop()
                .map_or_else(Self::default, |only| Self::made(Several::One(only), open)),
            _ => Self::made(Several::More(known), open),
        }
    }

    fn made(known: Several, open: bool) -> Self {
        let all = known.all();
        let depth = all.iter().map(|known| known.of.depth()).max().unwrap_or(0);
        if depth > DEEPEST {
            return Self::default();
        }
        let own = all.iter().any(|known| known.of.is_own());
        Self(Some(Arc::new(Alternatives {
            known,
            open,
            depth,
            own,
        })))
    }

    /// The alternatives.
    pub(in crate::lang::python) fn all(&self) -> &[Known] {
        self.0.as_deref().map_or(&[], |all| all.known.all())
    }

    /// Whether there may be others.
    pub(in crate::lang::python) fn is_open(&self) -> bool {
        self.0.as_deref().is_none_or(|all| all.open)
    }

    /// Whether nothing but `None` is known.
    pub(in crate::lang::python) fn says_nothing(&self) -> bool {
        self.all().iter().all(|known| known.of == Type::Nothing)
    }

    /// What is known, united over several.
    pub(in crate::lang::python) fn united(all: impl IntoIterator<Item = Self>) -> Self {
        let mut union = Union::default();
        for types in all {
            union.add(&types);
        }
        union.finish()
    }

    fn depth(&self) -> u8 {
        self.0.as_deref().map_or(0, |all| all.depth)
    }

    fn is_own(&self) -> bool {
        self.0.as_deref().is_some_and(|all| all.own)
    }

    /// The same, others being possible.
    pub(in crate::lang::python) fn opened(self) -> Self {
        if self.is_open() {
            return self;
        }
        Self::of(self.all().to_vec(), true)
    }

    /// The same as a caller elsewhere sees it: reached on a value.
    pub(in crate::lang::python) fn by_value(&self) -> Self {
        if self.all().iter().all(|known| known.way == Way::Value) {
            return self.clone();
        }
        let known = self
            .all()
            .iter()
            .map(|known| Known::by_value(known.of.clone()))
            .collect();
        Self::of(known, self.is_open())
    }

    /// What a method returns, called on this receiver.
    pub(in crate::lang::python) fn on(&self, receiver: Option<Of>) -> Self {
        if !self.is_own() {
            return self.clone();
        }
        let mut union = Union {
            open: self.is_open(),
            ..Union::default()
        };
        for known in self.all() {
            union.add_known(&Known {
                of: known.of.on(receiver),
                way: known.way.clone(),
            });
        }
        union.finish()
    }
}

impl Type {
    fn depth(&self) -> u8 {
        match self {
            Self::Sequence(of) | Self::Later(of) | Self::Manager(of) | Self::Giving(_, of) => of.depth() + 1,
            Self::Mapping(key, value) => key.depth().max(value.depth()) + 1,
            Self::Tuple(all) => all.iter().map(Types::depth).max().unwrap_or(0) + 1,
            Self::Nothing
            | Self::Module(_)
            | Self::Folder(_)
            | Self::Class(_)
            | Self::Instance(_)
            | Self::Function { .. }
            | Self::Super(_)
            | Self::Outside(_)
            | Self::Value(_) => 0,
        }
    }

    fn is_own(&self) -> bool {
        match self {
            Self::Class(of) | Self::Instance(of) => of.own,
            Self::Function { receiver, .. } => receiver.is_some_and(|of| of.own),
            Self::Sequence(of) | Self::Later(of) | Self::Manager(of) | Self::Giving(_, of) => of.is_own(),
            Self::Mapping(key, value) => key.is_own() || value.is_own(),
            Self::Tuple(all) => all.iter().any(Types::is_own),
            Self::Nothing | Self::Module(_) | Self::Folder(_) | Self::Super(_) | Self::Outside(_) | Self::Value(_) => {
                false
            }
        }
    }

    fn on(&self, receiver: Option<Of>) -> Self {
        let of = |of: &Of| match receiver {
            _ if !of.own => *of,
            Some(receiver) => receiver,
            None => Of { own: false, ..*of },
        };
        match self {
            Self::Class(class) => Self::Class(of(class)),
            Self::Instance(class) => Self::Instance(of(class)),
            Self::Function { def, receiver } => Self::Function {
                def: *def,
                receiver: receiver.as_ref().map(of),
            },
            Self::Sequence(inner) => Self::Sequence(inner.on(receiver)),
            Self::Later(inner) => Self::Later(inner.on(receiver)),
            Self::Manager(inner) => Self::Manager(inner.on(receiver)),
            Self::Giving(name, inner) => Self::Giving(name.clone(), inner.on(receiver)),
            Self::Mapping(key, value) => Self::Mapping(key.on(receiver), value.on(receiver)),
            Self::Tuple(all) => Self::Tuple(all.iter().map(|inner| inner.on(receiver)).collect()),
            other => other.clone(),
        }
    }
}

/// Alternatives in the making.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Union {
    known: Vec<Known>,
    open: bool,
}

impl Union {
    pub(in crate::lang::python) fn add(&mut self, types: &Types) {
        self.open |= types.is_open();
        for known in types.all() {
            self.add_known(known);
        }
    }

    fn add_known(&mut self, known: &Known) {
        if self.known.iter().any(|have| have.of == known.of) {
            return;
        }
        if self.known.len() == MOST {
            self.open = true;
            return;
        }
        self.known.push(known.clone());
    }

    /// Anything else is possible too.
    pub(in crate::lang::python) fn open(&mut self) {
        self.open = true;
    }

    pub(in crate::lang::python) fn finish(self) -> Types {
        Types::of(self.known, self.open)
    }
}
