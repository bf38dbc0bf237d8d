//! The verifier: a program with one thing broken is refused, and says what.

use threadbare::program::{
    Access, CellId, CellRef, Dim, Expr, FunctionId, Handler, Instr, LabelId, NameId, ObjectId,
    ObservedId, Parts, Program, Property, PropertyKind, Query, StmtId, SyncOp, ValueKind,
};

use super::program;

/// Two actors with a bit of everything.
fn parts() -> Parts {
    let program = program(
        "struct P { x: int, y: int }
         var a[3] = 0 var p = P(1, 2) lock m cond c on m chan q(1)
         fn f(k) { return k }
         thread t(i in 0..2) { let k = f(i) @go: a[k] = 1 atomic { a[0] = 2 } with m { q.send(1) } }
         thread u { let v = q.recv() c.notify() print v spawn f(1) }
         observe u.v
         always a[0] < 9",
    );
    (*program).clone()
}

/// Breaks one thing; the complaint must contain `complaint`.
#[track_caller]
fn check(complaint: &str, break_it: impl FnOnce(&mut Parts)) {
    let mut parts = parts();
    break_it(&mut parts);
    match Program::new(parts) {
        Ok(_) => panic!("it was accepted"),
        Err(broken) => assert!(broken.0.contains(complaint), "it said: {}", broken.0),
    }
}

/// The position of the first instruction that `is` holds for.
fn find(parts: &Parts, is: impl Fn(&Instr) -> bool) -> usize {
    let found = parts.code.iter().position(is);
    found.expect("the program has such an instruction")
}

/// Replaces the first visible instruction of the first function.
fn put(parts: &mut Parts, instr: Instr) {
    let at = find(parts, |instr| matches!(instr, Instr::Store(..)));
    parts.code[at] = instr;
}

#[test]
fn the_program_itself_is_accepted() {
    Program::new(parts()).expect("nothing is broken");
}

#[test]
fn tables_of_the_same_length() {
    check("sites", |parts| parts.sites.truncate(1));
    check("dead registers", |parts| parts.dead.truncate(1));
}

#[test]
fn memory() {
    check("begins elsewhere", |parts| parts.vars[1].first = CellId(1));
    check("end of a variable", |parts| parts.vars[1].n = 9);
    check("belongs to another variable", |parts| {
        parts.cells[0].var.0 = 1
    });
    check("belongs to no variable", |parts| {
        parts.vars.pop();
    });
    check("lock 9", |parts| {
        parts.vars[0].guarded_by = Some(ObjectId(9))
    });
    check("enum 0 of 0", |parts| {
        parts.cells[0].kind = ValueKind::Enum(0)
    });
}

#[test]
fn conditions_are_on_locks() {
    let on = |parts: &mut Parts, id| {
        for object in &mut parts.objects {
            if let threadbare::program::ObjectKind::Cond { lock, .. } = &mut object.kind {
                *lock = ObjectId(id);
            }
        }
    };
    check("lock of a condition 7", |parts| on(parts, 7));
    check("no lock", |parts| on(parts, 1));
}

#[test]
fn functions_tile_the_code() {
    check("does not begin where", |parts| {
        parts.functions[1].entry += 1
    });
    check("outside all functions", |parts| {
        parts.functions.pop();
    });
    check("more parameters than registers", |parts| {
        parts.functions[0].n_params = 99
    });
}

#[test]
fn registers() {
    check("register 99", |parts| {
        put(parts, Instr::Let(99, Expr::Const(0)))
    });
    check("register 99", |parts| {
        put(parts, Instr::Let(0, Expr::Reg(99)))
    });
    check("register 99", |parts| put(parts, Instr::Reraise(99)));
    check("register 99", |parts| parts.dead[0] = [99].into());
    check("register 99", |parts| parts.functions[0].locals[0].reg = 99);
    check("register 101", |parts| {
        let at = find(parts, |instr| {
            matches!(instr, Instr::Chan { dst: Some(_), .. })
        });
        if let Instr::Chan { width, dst, .. } = &mut parts.code[at] {
            (*dst, *width) = (Some(2), 100);
        }
    });
}

#[test]
fn cells() {
    let store = |cell| Instr::Store(cell, Expr::Const(0), Access::Plain);
    let dim = |len, stride| Dim {
        index: Expr::Const(0),
        len,
        stride,
    };
    let array = |base, dims: Vec<Dim>| CellRef {
        base: CellId(base),
        dims: dims.into(),
    };
    check("cell 77", |parts| {
        put(parts, store(CellRef::fixed(CellId(77))))
    });
    check("last cell", |parts| {
        put(parts, store(array(0, vec![dim(4, 1)])))
    });
    check("last cell", |parts| {
        put(parts, store(array(1, vec![dim(3, 1)])))
    });
    check("without elements", |parts| {
        put(parts, store(array(0, vec![dim(0, 1)])))
    });
}

#[test]
fn what_pure_expressions_may_look_at() {
    let cell = || Expr::Cell(CellRef::fixed(CellId(0)));
    let query = || Expr::Query(Query::IsLocked, Box::new(Expr::Const(0)));
    check("memory read", |parts| put(parts, Instr::Let(0, cell())));
    check("object asked", |parts| put(parts, Instr::Let(0, query())));
    check("outside a property", |parts| {
        put(parts, Instr::WaitUntil(Expr::Observed(ObservedId(0))));
    });
    check("array of objects", |parts| {
        let index = Box::new(Expr::Const(0));
        let object = Expr::Element {
            base: ObjectId(0),
            index,
            len: 50,
        };
        let (arg, dst) = (None, None);
        put(
            parts,
            Instr::Sync {
                op: SyncOp::Unlock,
                object,
                arg,
                dst,
            },
        );
    });
}

#[test]
fn jumps_and_handlers_stay_in_their_function() {
    check("outside the function", |parts| {
        put(parts, Instr::Jump(9999))
    });
    check("outside the function", |parts| {
        parts.functions[0].handlers[0].target = 9999
    });
    check("covers code outside", |parts| {
        parts.functions[0].handlers[0].to = 9999
    });
    check("register 99", |parts| {
        let handler = parts.functions[0].handlers[0].clone();
        parts.functions[0].handlers.push(Handler {
            exception: 99,
            ..handler
        });
    });
    check("falls off", |parts| {
        let end = parts.functions[0].end as usize;
        parts.code[end - 1] = Instr::Begin;
    });
    check("no end of an atomic block", |parts| {
        let at = find(parts, |instr| matches!(instr, Instr::AtomicBegin(_)));
        parts.code[at] = Instr::AtomicBegin(0);
    });
}

#[test]
fn rows_that_instructions_and_sites_name() {
    check("name 99", |parts| put(parts, Instr::Raise(NameId(99))));
    check("name 99", |parts| {
        put(parts, Instr::Assert(Expr::Const(1), Some(NameId(99))))
    });
    check("label 99", |parts| {
        put(parts, Instr::LabelDone(LabelId(99)))
    });
    check("label 99", |parts| parts.sites[0].label = Some(LabelId(99)));
    check("statement 999", |parts| parts.sites[0].stmt = StmtId(999));
    check("names another function", |parts| {
        parts.sites[0].function = FunctionId(2)
    });
    check("observed local 99", |parts| {
        put(parts, Instr::Observe(ObservedId(99), Expr::Const(0)));
    });
    check("function 99", |parts| {
        put(parts, Instr::Call(FunctionId(99), Box::new([]), None))
    });
}

#[test]
fn calls_and_returns() {
    let callee = |parts: &Parts| {
        let Instr::Call(function, ..) = parts.code[find(parts, |i| matches!(i, Instr::Call(..)))]
        else {
            unreachable!("just found");
        };
        function
    };
    check("0 arguments", |parts| {
        let function = callee(parts);
        put(parts, Instr::Call(function, Box::new([]), None));
    });
    check("register 99", |parts| {
        let function = callee(parts);
        put(
            parts,
            Instr::Call(function, [Expr::Const(0)].into(), Some(99)),
        );
    });
    check("returns 2 words", |parts| {
        let at = find(
            parts,
            |i| matches!(i, Instr::Return(words) if !words.is_empty()),
        );
        parts
            .code
            .insert(at, Instr::Return([Expr::Const(0)].into()));
        parts.code[at + 1] = Instr::Return([Expr::Const(0), Expr::Const(0)].into());
        parts.sites.insert(at, parts.sites[at]);
        parts.dead.insert(at, Box::default());
        let owner = parts.sites[at].function.index();
        parts.functions[owner].end += 1;
        for later in &mut parts.functions[owner + 1..] {
            later.entry += 1;
            later.end += 1;
            later.handlers.clear();
        }
        for (pc, instr) in parts.code.iter_mut().enumerate() {
            if pc > at
                && let Instr::AtomicBegin(target) | Instr::Jump(target) | Instr::Unless(_, target) =
                    instr
            {
                *target += 1;
            }
        }
    });
}

#[test]
fn actors_and_properties() {
    check("function of an actor", |parts| {
        parts.actors[0].function = FunctionId(99)
    });
    check("other arguments", |parts| parts.actors[0].args.clear());
    check("cell 77", |parts| {
        let cell = Expr::Cell(CellRef::fixed(CellId(77)));
        parts.properties[0].kind = PropertyKind::Always(cell);
    });
    check("register 0", |parts| {
        parts.properties[0].kind = PropertyKind::Sometimes(Expr::Reg(0));
    });
    check("label 9", |parts| {
        let property: &mut Property = &mut parts.properties[0];
        property.kind = PropertyKind::Order(LabelId(9), LabelId(9));
    });
    check("other names than values", |parts| {
        parts.outcomes[0].names.clear()
    });
    check("another length", |parts| {
        parts.outcomes[0].expected = Some(vec![vec![1, 2]])
    });
}
