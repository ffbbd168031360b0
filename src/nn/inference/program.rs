//! A circuit compiled for blocks of numbers: a flat list of instructions on a few registers, each a block that stays in the
//! cache.
//!
//! An instruction is an operation of the circuit, with the doubling and the addition after it where nothing else needs
//! what is between. Every operation is rounded by itself and in the circuit's order, so the bits are those of the circuit on
//! plain numbers.

use super::Real;
use equiripple_approx::evaltree::{Dag, Node};
use pulp::Simd;

/// First operation of an instruction.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Head<T> {
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Scale(usize, T),
    Shift(usize, T),
}

/// Last operation of an instruction.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Tail<T> {
    None,
    /// + b.
    Add(usize),
    /// − b.
    Sub(usize),
    /// b − it.
    SubFrom(usize),
    /// + c.
    Shift(T),
}

/// The head, perhaps doubled, then the tail.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Instruction<T> {
    head: Head<T>,
    double: bool,
    tail: Tail<T>,
    /// Where the result goes: no register that is read.
    to: usize,
}

/// A compiled circuit.
#[derive(Debug, Clone)]
pub(super) struct Program<T> {
    instructions: Vec<Instruction<T>>,
    registers: usize,
    output: usize,
}

impl<T: Real> Program<T> {
    /// Inputs will be in the first registers.
    pub(super) fn compile(circuit: &Dag<f64>) -> Self {
        let listed = list(circuit);
        let output = own(circuit, circuit.output());
        allocate(&listed, circuit.inputs().len(), output)
    }

    /// How many registers it needs.
    pub(super) fn registers(&self) -> usize {
        self.registers
    }

    /// The register of the result.
    pub(super) fn output(&self) -> usize {
        self.output
    }

    /// Runs it on the first `length` numbers of the registers, rounded up to whole vectors.
    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, registers: &mut [Vec<T>], length: usize) {
        let length = length.next_multiple_of(T::lanes::<S>());
        for instruction in &self.instructions {
            let mut to = std::mem::take(&mut registers[instruction.to]);
            let block = Block {
                simd,
                registers,
                length,
                instruction,
            };
            block.head(T::vectors_mut::<S>(&mut to[..length]).0);
            registers[instruction.to] = to;
        }
    }
}

/// One instruction on one block.
struct Block<'a, T, S> {
    simd: S,
    registers: &'a [Vec<T>],
    length: usize,
    instruction: &'a Instruction<T>,
}

impl<'a, T: Real, S: Simd> Block<'a, T, S> {
    #[inline(always)]
    fn register(&self, k: usize) -> &'a [T::Vector<S>] {
        T::vectors::<S>(&self.registers[k][..self.length]).0
    }

    #[inline(always)]
    fn head(&self, to: &mut [T::Vector<S>]) {
        let simd = self.simd;
        let length = to.len();
        match self.instruction.head {
            Head::Add(a, b) => {
                let (a, b) = (&self.register(a)[..length], &self.register(b)[..length]);
                self.double(to, |i| T::sum(simd, a[i], b[i]));
            }
            Head::Sub(a, b) => {
                let (a, b) = (&self.register(a)[..length], &self.register(b)[..length]);
                self.double(to, |i| T::difference(simd, a[i], b[i]));
            }
            Head::Mul(a, b) => {
                let (a, b) = (&self.register(a)[..length], &self.register(b)[..length]);
                self.double(to, |i| T::product(simd, a[i], b[i]));
            }
            Head::Scale(a, c) => {
                let (a, c) = (&self.register(a)[..length], T::splat(simd, c));
                self.double(to, |i| T::product(simd, a[i], c));
            }
            Head::Shift(a, c) => {
                let (a, c) = (&self.register(a)[..length], T::splat(simd, c));
                self.double(to, |i| T::sum(simd, a[i], c));
            }
        }
    }

    #[inline(always)]
    fn double(&self, to: &mut [T::Vector<S>], head: impl Fn(usize) -> T::Vector<S>) {
        let simd = self.simd;
        match self.instruction.double {
            false => self.tail(to, head),
            true => self.tail(to, |i| {
                let x = head(i);
                T::sum(simd, x, x)
            }),
        }
    }

    #[inline(always)]
    fn tail(&self, to: &mut [T::Vector<S>], x: impl Fn(usize) -> T::Vector<S>) {
        let simd = self.simd;
        let length = to.len();
        match self.instruction.tail {
            Tail::None => each(to, x),
            Tail::Add(b) => {
                let b = &self.register(b)[..length];
                each(to, |i| T::sum(simd, x(i), b[i]));
            }
            Tail::Sub(b) => {
                let b = &self.register(b)[..length];
                each(to, |i| T::difference(simd, x(i), b[i]));
            }
            Tail::SubFrom(b) => {
                let b = &self.register(b)[..length];
                each(to, |i| T::difference(simd, b[i], x(i)));
            }
            Tail::Shift(c) => {
                let c = T::splat(simd, c);
                each(to, |i| T::sum(simd, x(i), c));
            }
        }
    }
}

#[inline(always)]
fn each<V>(to: &mut [V], x: impl Fn(usize) -> V) {
    for (i, to) in to.iter_mut().enumerate() {
        *to = x(i);
    }
}

/// The instructions of a circuit in order, each with its node; operands are nodes yet.
fn list<T: Real>(circuit: &Dag<f64>) -> Vec<(usize, Instruction<T>)> {
    let nodes = circuit.nodes();
    let mut uses = vec![0usize; nodes.len()];
    uses[own(circuit, circuit.output())] = 1;
    // Nodes come after their operands, so what uses a node is known before it is met.
    for id in (0..nodes.len()).rev() {
        if uses[id] > 0 {
            for operand in nodes[id].operands() {
                uses[own(circuit, operand)] += 1;
            }
        }
    }
    let mut listed: Vec<Option<Instruction<T>>> = vec![None; nodes.len()];
    for (id, node) in nodes.iter().enumerate().filter(|&(id, _)| uses[id] > 0) {
        // The instruction of an operand that nothing else uses can be gone on with.
        let mut open = |operand: usize, times: usize| {
            let free = uses[operand] == times;
            let unfinished = |known: &mut Instruction<T>| {
                known.tail == Tail::None && !(known.double && times == 2)
            };
            listed[operand].take_if(|known| free && unfinished(known))
        };
        let fresh = |head| Instruction {
            head,
            double: false,
            tail: Tail::None,
            to: id,
        };
        let then = |known: Instruction<T>, tail| Instruction { tail, ..known };
        listed[id] = match *node {
            Node::Input(_) => None,
            Node::Mul(a, b) => Some(fresh(Head::Mul(a, b))),
            Node::MulScalar(a, c) => Some(fresh(Head::Scale(a, T::from_f64(c)))),
            Node::Add(a, b) if a == b => Some(match open(a, 2) {
                Some(known) => Instruction {
                    double: true,
                    ..known
                },
                None => fresh(Head::Add(a, a)),
            }),
            Node::Add(a, b) => Some(if let Some(known) = open(a, 1) {
                then(known, Tail::Add(b))
            } else if let Some(known) = open(b, 1) {
                then(known, Tail::Add(a))
            } else {
                fresh(Head::Add(a, b))
            }),
            Node::Sub(a, b) => Some(if a == b {
                fresh(Head::Sub(a, b))
            } else if let Some(known) = open(a, 1) {
                then(known, Tail::Sub(b))
            } else if let Some(known) = open(b, 1) {
                then(known, Tail::SubFrom(a))
            } else {
                fresh(Head::Sub(a, b))
            }),
            Node::AddScalar(a, c) => {
                let c = T::from_f64(c);
                Some(match open(a, 1) {
                    Some(known) => then(known, Tail::Shift(c)),
                    None => fresh(Head::Shift(a, c)),
                })
            }
        };
    }
    let numbered = listed.into_iter().enumerate();
    let numbered = numbered.filter_map(|(id, instruction)| Some((id, instruction?)));
    numbered
        .map(|(id, known)| (id, known.renamed(|node| own(circuit, node), id)))
        .collect()
}

/// Node k stands for all nodes of input k.
fn own(circuit: &Dag<f64>, id: usize) -> usize {
    match circuit.nodes()[id] {
        Node::Input(k) => k,
        _ => id,
    }
}

impl<T: Copy> Instruction<T> {
    /// The same with its operands renamed.
    fn renamed(self, rename: impl Fn(usize) -> usize, to: usize) -> Self {
        Self {
            head: match self.head {
                Head::Add(a, b) => Head::Add(rename(a), rename(b)),
                Head::Sub(a, b) => Head::Sub(rename(a), rename(b)),
                Head::Mul(a, b) => Head::Mul(rename(a), rename(b)),
                Head::Scale(a, c) => Head::Scale(rename(a), c),
                Head::Shift(a, c) => Head::Shift(rename(a), c),
            },
            tail: match self.tail {
                Tail::Add(b) => Tail::Add(rename(b)),
                Tail::Sub(b) => Tail::Sub(rename(b)),
                Tail::SubFrom(b) => Tail::SubFrom(rename(b)),
                constant => constant,
            },
            to,
            ..self
        }
    }

    fn operands(&self) -> impl Iterator<Item = usize> + use<T> {
        let (a, b) = match self.head {
            Head::Add(a, b) | Head::Sub(a, b) | Head::Mul(a, b) => (a, Some(b)),
            Head::Scale(a, _) | Head::Shift(a, _) => (a, None),
        };
        let c = match self.tail {
            Tail::Add(c) | Tail::Sub(c) | Tail::SubFrom(c) => Some(c),
            Tail::None | Tail::Shift(_) => None,
        };
        [Some(a), b, c].into_iter().flatten()
    }
}

/// Gives each result a register that is free, which those that it reads are not yet.
fn allocate<T: Real>(
    listed: &[(usize, Instruction<T>)],
    inputs: usize,
    output: usize,
) -> Program<T> {
    let nodes = listed.iter().map(|(id, _)| id + 1);
    let nodes = nodes.max().unwrap_or(0).max(inputs).max(output + 1);
    let mut last = vec![0; nodes];
    for (at, (_, instruction)) in listed.iter().enumerate() {
        for operand in instruction.operands() {
            last[operand] = at;
        }
    }
    last[output] = usize::MAX;
    let mut place = vec![0; nodes];
    for (k, place) in place.iter_mut().enumerate().take(inputs) {
        *place = k;
    }
    let mut free: Vec<usize> = vec![];
    let mut registers = inputs;
    let mut instructions = vec![];
    for (at, (id, instruction)) in listed.iter().enumerate() {
        let to = free.pop().unwrap_or_else(|| {
            registers += 1;
            registers - 1
        });
        instructions.push(instruction.renamed(|node| place[node], to));
        place[*id] = to;
        let mut freed: Vec<usize> = instruction.operands().collect();
        freed.sort_unstable();
        freed.dedup();
        let over = freed.into_iter().filter(|&node| last[node] == at);
        free.extend(over.map(|node| place[node]));
    }
    Program {
        instructions,
        registers,
        output: place[output],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by it")]
mod tests;
