//! Members: what `of.name` is, and what a call calls.

use std::rc::Rc;
use std::sync::Arc;

use smallvec::SmallVec;
use thin_vec::ThinVec;

use super::flow::Sense;
use super::types::{Def, Known, Of, Type, Types, Way};
use super::{DEEPEST, FoundMember, Infer, Part, below, outside};
use crate::facts::ItemKind;
use crate::lang::python::code::{Node, NodeId};
use crate::lang::python::project::{Reached, Thing};

/// What something of a name is.
enum Hit {
    /// A member of a class of the project; whether nothing unseen can stand before it.
    Member {
        item: Def,
        receiver: Option<Of>,
        sure: bool,
    },
    /// What a module's name stands for.
    Things {
        reached: Vec<Reached>,
        import: Option<u32>,
        by_name: bool,
    },
    /// Something outside, by its full name.
    Outside { name: Arc<str>, way: Way, sure: bool },
    /// What is known of a container's or an outside value's attribute.
    Inner(Types),
    /// There is nothing of that name in sight.
    Missing,
}

/// What a call reaches.
#[derive(Debug, Default)]
pub(in crate::lang::python) struct Reach {
    /// Definitions of the project.
    pub(in crate::lang::python) callees: SmallVec<[Callee; 1]>,
    /// Names outside, and whether each was reached by name.
    pub(in crate::lang::python) outside: Vec<(Arc<str>, Way)>,
    /// Something else is possible.
    pub(in crate::lang::python) open: bool,
    /// What it is called on is known, and has no such member in sight: where other callees are, it may have one that is
    /// not seen, as a class below it may.
    pub(in crate::lang::python) missing: bool,
    /// A local value is called, or an attribute that holds what was handed over.
    pub(in crate::lang::python) local: bool,
}

/// A definition that a call reaches.
#[derive(Debug, Clone)]
pub(in crate::lang::python) struct Callee {
    pub(in crate::lang::python) item: Def,
    pub(in crate::lang::python) way: Way,
    /// The class of the value it is called on.
    pub(in crate::lang::python) receiver: Option<Def>,
    /// The one definition, or the name outside, that the variable holds which is called.
    pub(in crate::lang::python) behind: Option<Behind>,
    /// It is a variable that holds `None`.
    is_empty: bool,
}

/// What a variable holds.
#[derive(Debug, Clone)]
pub(in crate::lang::python) enum Behind {
    Definition(Def),
    Outside(Arc<str>),
}

impl<'a> Infer<'a> {
    /// What an attribute is.
    pub(super) fn attribute(&mut self, of: &Known, name: &'a str) -> Types {
        if name == "__class__" {
            match &of.of {
                Type::Instance(class) => return Types::just(Type::Class(*class)),
                Type::Value(class) => return Types::just(Type::Outside(class.clone())),
                _ => {}
            }
        }
        match self.hit(of, name) {
            Hit::Member { item, receiver, sure } => {
                let types = self.member_value(of, item, receiver);
                if sure { types } else { types.opened() }
            }
            Hit::Things {
                reached,
                import,
                by_name,
            } => {
                let types = self.things(&reached, import);
                if by_name { types } else { types.by_value() }
            }
            Hit::Outside { name, way, .. } => Types::known(Known {
                of: Type::Outside(name),
                way,
            }),
            Hit::Inner(types) => types,
            Hit::Missing => Types::default(),
        }
    }

    /// What a member is on its receiver.
    fn member_value(&mut self, of: &Known, item: Def, receiver: Option<Of>) -> Types {
        match self.kind(item) {
            Some(ItemKind::Class) => Types::just(Type::Class(Of {
                class: item,
                own: false,
            })),
            Some(ItemKind::Function) => {
                let function = self.files.own(item.0).shapes.function(item.1).copied();
                let on_class = matches!(of.of, Type::Class(_));
                match function {
                    Some(function) if function.is_wrapped && self.is_read(item) => self.summary(item).on(receiver),
                    Some(function) if function.is_property && !on_class => self.summary(item).on(receiver),
                    Some(function) if function.is_static => Types::just(Type::Function {
                        def: item,
                        receiver: None,
                    }),
                    Some(function) if on_class && !function.is_class_method => Types::just(Type::Function {
                        def: item,
                        receiver: None,
                    }),
                    _ => Types::just(Type::Function { def: item, receiver }),
                }
            }
            _ => self.variable_value(of, item, receiver),
        }
    }

    /// What a class's attribute holds, as its instances and the class itself give it.
    fn variable_value(&mut self, of: &Known, item: Def, receiver: Option<Of>) -> Types {
        if let (Type::Class(of), Some(class)) = (&of.of, self.parent(item))
            && self.is_enum(class)
        {
            return Types::just(Type::Instance(*of));
        }
        // What a descriptor's own `__get__` is may be another descriptor.
        if self.depth >= DEEPEST {
            return Types::default();
        }
        self.depth += 1;
        let held = self.summary(item).on(receiver);
        let value = self.each(&held, |this, known| match &known.of {
            // A descriptor gives what its `__get__` returns.
            Type::Instance(_) if this.has_member(known, "__get__") => this.result_of_method(known, "__get__"),
            _ => Types::known(known.clone()),
        });
        self.depth -= 1;
        value
    }

    fn parent(&self, (file, item): Def) -> Option<Def> {
        let parent = self.files.facts(file).items.get(item as usize)?.parent?;
        Some((file, parent))
    }

    fn hit(&mut self, of: &Known, name: &'a str) -> Hit {
        match &of.of {
            Type::Instance(class) | Type::Class(class) => self.class_hit(class.class, name, *class, false),
            Type::Super(class) => {
                let receiver = Of {
                    class: *class,
                    own: true,
                };
                self.class_hit(*class, name, receiver, true)
            }
            Type::Module(file) => {
                let mut reached = self.lookup.member(*file, name);
                let (by_name, import) = match &of.way {
                    Way::Value => (false, None),
                    Way::Name { import, chain } => {
                        for one in &mut reached {
                            one.chain.splice(0..0, chain.iter().copied());
                        }
                        (true, *import)
                    }
                };
                if reached.is_empty() {
                    Hit::Missing
                } else {
                    Hit::Things {
                        reached,
                        import,
                        by_name,
                    }
                }
            }
            Type::Folder(path) => {
                let path = crate::lang::python::tree::join(path, name);
                let Some(node) = self.project.tree.get(&path) else {
                    return Hit::Missing;
                };
                let thing = node.file().map_or(Thing::Namespace(path), Thing::Module);
                let (chain, import) = match &of.way {
                    Way::Value => (ThinVec::new(), None),
                    Way::Name { import, chain } => ((&**chain).into(), *import),
                };
                Hit::Things {
                    reached: vec![Reached { thing, chain }],
                    import,
                    by_name: true,
                }
            }
            Type::Outside(outer) => Hit::Outside {
                name: below(outer, name),
                way: of.way.clone(),
                sure: true,
            },
            Type::Value(_)
            | Type::Sequence(_)
            | Type::Mapping(..)
            | Type::Tuple(_)
            | Type::Later(_)
            | Type::Manager(_) => Hit::Inner(outside::attribute(&of.of, name)),
            Type::Nothing | Type::Function { .. } | Type::Giving(..) => Hit::Missing,
        }
    }

    fn class_hit(&mut self, class: Def, name: &str, receiver: Of, skips_own: bool) -> Hit {
        match self.class_member(class, name, skips_own) {
            FoundMember::Member { item, sure } => Hit::Member {
                item,
                receiver: Some(receiver),
                sure,
            },
            FoundMember::Outside(outer) => Hit::Outside {
                name: below(&outer, name),
                way: Way::Value,
                sure: false,
            },
            FoundMember::Missing => Hit::Missing,
        }
    }

    pub(super) fn has_member(&self, of: &Known, name: &str) -> bool {
        let Type::Instance(class) = &of.of else { return false };
        let found = self.class_member(class.class, name, false);
        matches!(found, FoundMember::Member { .. })
    }

    /// Whether a class is an enumeration: its attributes are its instances.
    pub(super) fn is_enum(&self, class: Def) -> bool {
        let order = self.order(class);
        order.iter().any(|part| match part {
            Part::Outside(name) => matches!(
                &**name,
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag" | "enum.ReprEnum"
            ),
            Part::Project(_) | Part::Unknown => false,
        })
    }

    /// What calling an expression reaches, where it is a name or an attribute.
    pub(in crate::lang::python) fn called(&mut self, node: NodeId) -> Rc<Reach> {
        Rc::new(match self.code.nodes[node as usize] {
            Node::Name { name, frame, at } => match self.sense(name, frame, at) {
                Sense::Local(seen) => {
                    let mut reach = Reach {
                        open: seen.many,
                        local: true,
                        ..Reach::default()
                    };
                    for node in seen.nodes {
                        self.local_called(node, &mut reach);
                    }
                    reach
                }
                Sense::Bound(binding) => {
                    let mut reach = Reach::default();
                    let types = self.bound(binding);
                    self.values_called(&types, &mut reach);
                    reach
                }
                Sense::Module => {
                    if self.reached.is_empty() {
                        self.reached.resize(self.facts.names.count(), None);
                    }
                    if let Some(known) = &self.reached[name.at()] {
                        return Rc::clone(known);
                    }
                    let reach = Rc::new(self.module_called(name));
                    self.reached[name.at()] = Some(Rc::clone(&reach));
                    return reach;
                }
            },
            Node::Attribute { of, name } => {
                let of = self.value(of);
                let name = self.text(name);
                let mut reach = Reach {
                    open: of.is_open(),
                    ..Reach::default()
                };
                for known in of.all().iter().filter(|known| known.of != Type::Nothing) {
                    let hit = self.hit(known, name);
                    self.hit_called(known, hit, &mut reach);
                }
                reach
            }
            _ => Reach {
                open: true,
                ..Reach::default()
            },
        })
    }

    /// What an expression that is handed over names, where it is a name of a definition, or a path to one.
    pub(in crate::lang::python) fn handed(&mut self, node: NodeId) -> Option<Rc<Reach>> {
        let mut head = node;
        while let Node::Attribute { of, .. } | Node::Shown { path: of, .. } = self.code.nodes[head as usize] {
            head = of;
        }
        let names_one = |node: &NodeId| {
            matches!(
                self.code.nodes[*node as usize],
                Node::Item(_) | Node::Import(_) | Node::Receiver { .. } | Node::ReceiverClass { .. }
            )
        };
        let names_all = match self.code.nodes[head as usize] {
            Node::Name { name, frame, at } => match self.sense(name, frame, at) {
                Sense::Local(seen) => seen.nodes.iter().all(names_one),
                Sense::Module | Sense::Bound(_) => true,
            },
            Node::Receiver { .. } | Node::ReceiverClass { .. } => true,
            _ => false,
        };
        if !names_all {
            return None;
        }
        let reach = self.called(node);
        let defines = |callee: &Callee| matches!(self.kind(callee.item), Some(ItemKind::Function | ItemKind::Class));
        let [only] = &reach.callees[..] else { return None };
        let is_property = |callee: &Callee| {
            let (file, item) = callee.item;
            let function = self.files.own(file).shapes.function(item);
            function.is_some_and(|function| function.is_property)
        };
        (reach.outside.is_empty() && defines(only) && !is_property(only)).then_some(reach)
    }

    /// What a local name calls, by one of its bindings.
    fn local_called(&mut self, node: NodeId, reach: &mut Reach) {
        match self.code.nodes[node as usize] {
            Node::Import(import) => {
                let file = self.file;
                let reached = self.lookup.keeping_aliases(|lookup| lookup.imported(file, import));
                reach.open |= reached.is_empty();
                self.things_called(&reached, Some(import), true, reach);
            }
            // What is handed over in place of a default is what is called.
            Node::Default { .. } => reach.open = true,
            _ => {
                let types = self.value(node);
                self.values_called(&types, reach);
            }
        }
    }

    /// What a value calls that is called.
    fn values_called(&mut self, types: &Types, reach: &mut Reach) {
        reach.open |= types.is_open();
        for known in types.all() {
            match &known.of {
                Type::Class(of) => reach.add(of.class, &known.way, None),
                Type::Function { def, receiver } => reach.add(*def, &known.way, receiver.map(|of| of.class)),
                Type::Instance(of) => {
                    let hit = self.class_hit(of.class, "__call__", *of, false);
                    self.hit_called(known, hit, reach);
                }
                Type::Outside(name) => reach.outside.push((name.clone(), known.way.clone())),
                Type::Giving(name, _) => reach.outside.push((name.clone(), Way::Value)),
                Type::Nothing
                | Type::Module(_)
                | Type::Folder(_)
                | Type::Super(_)
                | Type::Value(_)
                | Type::Sequence(_)
                | Type::Mapping(..)
                | Type::Tuple(_)
                | Type::Later(_)
                | Type::Manager(_) => reach.open |= known.of != Type::Nothing,
            }
        }
    }

    /// What a name of the module calls.
    fn module_called(&mut self, name: crate::facts::Name) -> Reach {
        let mut reach = Reach::default();
        let text = self.text(name);
        let file = self.file;
        if let Some((reached, import)) = self.lookup.keeping_aliases(|lookup| lookup.only(file, name))
            && !reached.is_empty()
        {
            self.things_called(&reached, import, true, &mut reach);
            return reach;
        }
        let reached = self.lookup.keeping_aliases(|lookup| lookup.path(file, text));
        if reached.is_empty() {
            let types = self.module_name(name);
            self.values_called(&types, &mut reach);
            return reach;
        }
        let import = self.lookup.brought_by(self.file, text);
        self.things_called(&reached, import, true, &mut reach);
        reach
    }

    fn things_called(&mut self, reached: &[Reached], import: Option<u32>, by_name: bool, reach: &mut Reach) {
        for Reached { thing, chain } in reached {
            let way = if by_name { self.way(import, chain) } else { Way::Value };
            match thing {
                Thing::Item { file, item } => self.variable_called((*file, *item), &way, None, reach),
                Thing::External(name) => reach.outside.push((name.clone(), way)),
                Thing::Module(_) | Thing::Namespace(_) => reach.missing = true,
            }
        }
    }

    /// A definition that is called; of a variable, with what it holds.
    fn variable_called(&mut self, item: Def, way: &Way, receiver: Option<Def>, reach: &mut Reach) {
        let (mut behind, mut is_empty) = (None, false);
        if self.kind(item) == Some(ItemKind::Variable) {
            if self.is_handed(item) {
                reach.open = true;
                reach.local = true;
                return;
            }
            let held = self.summary(item);
            let mut values = held.all().iter().filter(|known| known.of != Type::Nothing);
            match (values.next().map(|known| &known.of), values.next()) {
                (None, _) => is_empty = !held.is_open(),
                (Some(Type::Class(of)), None) => behind = Some(Behind::Definition(of.class)),
                (Some(Type::Function { def, .. }), None) => behind = Some(Behind::Definition(*def)),
                (Some(Type::Outside(name)), None) => behind = Some(Behind::Outside(name.clone())),
                (Some(_), None) => {}
                (Some(_), Some(_)) => reach.open = true,
            }
        }
        reach.add(item, way, receiver);
        if let Some(last) = reach.callees.iter_mut().find(|callee| callee.item == item) {
            last.behind = behind;
            last.is_empty = is_empty;
        }
        // `name = None` stands for what another branch defines, where that is not there.
        if reach.callees.iter().any(|callee| !callee.is_empty) {
            reach.open |= reach.callees.iter().any(|callee| callee.is_empty);
            reach.callees.retain(|callee| !callee.is_empty);
        }
    }

    fn hit_called(&mut self, of: &Known, hit: Hit, reach: &mut Reach) {
        match hit {
            Hit::Member { item, receiver, sure } => {
                reach.open |= !sure;
                // A member of a class that is named here is reached by name.
                let way = match &of.of {
                    Type::Class(_) => of.way.clone(),
                    _ => Way::Value,
                };
                let receiver = receiver.map(|of| of.class).filter(|_| way == Way::Value);
                self.variable_called(item, &way, receiver, reach);
            }
            Hit::Things {
                reached,
                import,
                by_name,
            } => self.things_called(&reached, import, by_name, reach),
            Hit::Outside { name, way, sure } => {
                reach.open |= !sure;
                reach.outside.push((name, way));
            }
            Hit::Inner(types) => self.values_called(&types, reach),
            Hit::Missing => reach.missing = true,
        }
    }
}

impl Reach {
    /// Whether something else is possible.
    pub(in crate::lang::python) fn is_open(&self) -> bool {
        self.open || self.missing
    }

    fn add(&mut self, item: Def, way: &Way, receiver: Option<Def>) {
        if !self.callees.iter().any(|callee| callee.item == item) {
            self.callees.push(Callee {
                item,
                way: way.clone(),
                receiver,
                behind: None,
                is_empty: false,
            });
        }
    }
}
