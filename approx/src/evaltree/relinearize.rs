//! Where to relinearise: the fewest places that leave no product unrelinearised where that matters.
//!
//! A product of two ciphertexts has three components. It may be added, subtracted and multiplied by a scalar so, but
//! must be back at two components before it enters a product, and at the output. Every path from a product through
//! linear nodes to such a place needs one relinearisation on it, so the fewest are a minimum vertex cut, found here by
//! augmenting paths (Menger's theorem). Summing products first and relinearising the sum is the common case of it. Of the
//! smallest cuts it is the one nearest to those places: interpreters that rescale there round once, after the sum.

use std::collections::VecDeque;

use super::dag::{Dag, Node};

/// For each node, whether its value is relinearised once it is computed.
#[must_use]
pub fn relinearized<S>(dag: &Dag<S>) -> Vec<bool> {
    let mut network = Network::new(dag);
    while network.augment() {}
    let open = network.open();
    (0..dag.nodes().len())
        .map(|id| !open[2 * id] && open[2 * id + 1])
        .collect()
}

/// Each node is split into an entry 2·id and an exit 2·id+1, joined by an edge of capacity one.
struct Network {
    /// Products: where the paths begin.
    sources: Vec<usize>,
    /// Whether a path may end at this node: an operand of a product, or the output.
    needed: Vec<bool>,
    /// The linear nodes that read this one.
    users: Vec<Vec<usize>>,
    /// The same edges from the other side: what a linear node reads.
    operands: Vec<Vec<usize>>,
    /// Flow through the node's inner edge.
    through: Vec<bool>,
    /// Flow from exit of a to entry of b, as the successor of a on its path. Inner capacity one makes it unique.
    next: Vec<Option<usize>>,
}

impl Network {
    fn new<S>(dag: &Dag<S>) -> Self {
        let count = dag.nodes().len();
        let mut network = Self {
            sources: Vec::new(),
            needed: vec![false; count],
            users: vec![Vec::new(); count],
            operands: vec![Vec::new(); count],
            through: vec![false; count],
            next: vec![None; count],
        };
        network.needed[dag.output()] = true;
        for (id, node) in dag.nodes().iter().enumerate() {
            if let Node::Mul(a, b) = *node {
                network.sources.push(id);
                network.needed[a] = true;
                network.needed[b] = true;
            } else {
                for a in node.operands() {
                    network.users[a].push(id);
                    network.operands[id].push(a);
                }
            }
        }
        network
    }

    /// Breadth-first over the residual network; the predecessor of each state that was reached (a start is its own).
    fn search(&self) -> (Vec<Option<usize>>, Option<usize>) {
        let mut from: Vec<Option<usize>> = vec![None; 2 * self.through.len()];
        let mut queue = VecDeque::new();
        for &id in &self.sources {
            from[2 * id] = Some(2 * id);
            queue.push_back(2 * id);
        }
        while let Some(state) = queue.pop_front() {
            let id = state / 2;
            let exit = state % 2 == 1;
            if exit && self.needed[id] && !(self.through[id] && self.next[id].is_none()) {
                return (from, Some(state));
            }
            for step in self.steps(state) {
                if from[step].is_none() {
                    from[step] = Some(state);
                    queue.push_back(step);
                }
            }
        }
        (from, None)
    }

    /// Where the residual network leads from a state.
    fn steps(&self, state: usize) -> Vec<usize> {
        let id = state / 2;
        let mut steps: Vec<usize> = Vec::new();
        if state.is_multiple_of(2) {
            if !self.through[id] {
                steps.push(2 * id + 1);
            }
            // Undo flow that arrives here from an operand.
            let back = |a: &&usize| self.next[**a] == Some(id);
            steps.extend(self.operands[id].iter().filter(back).map(|a| 2 * a + 1));
        } else {
            steps.extend(self.users[id].iter().map(|b| 2 * b));
            if self.through[id] {
                steps.push(2 * id);
            }
        }
        steps
    }

    /// The states that lead to a node that is needed. Flow fills the edges that come into them.
    fn open(&self) -> Vec<bool> {
        let states = 2 * self.through.len();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); states];
        for state in 0..states {
            for step in self.steps(state) {
                before[step].push(state);
            }
        }
        let exits = (0..self.through.len()).filter(|&id| self.needed[id]);
        let mut queue: Vec<usize> = exits.map(|id| 2 * id + 1).collect();
        let mut open = vec![false; states];
        while let Some(state) = queue.pop() {
            if !open[state] {
                open[state] = true;
                queue.extend(&before[state]);
            }
        }
        open
    }

    /// Adds one path, if there is one.
    fn augment(&mut self) -> bool {
        let (from, Some(end)) = self.search() else {
            return false;
        };
        let mut path = vec![end];
        let mut state = end;
        while let Some(previous) = from[state].filter(|&previous| previous != state) {
            path.push(previous);
            state = previous;
        }
        path.reverse();
        // Backward edges first, so that a new successor is not erased after it was set.
        for pair in path.windows(2) {
            match (pair[0] % 2, pair[1] % 2, pair[0] / 2 == pair[1] / 2) {
                (1, 0, true) => self.through[pair[0] / 2] = false,
                (0, 1, false) => self.next[pair[1] / 2] = None,
                _ => {}
            }
        }
        for pair in path.windows(2) {
            match (pair[0] % 2, pair[1] % 2, pair[0] / 2 == pair[1] / 2) {
                (0, 1, true) => self.through[pair[0] / 2] = true,
                (1, 0, false) => self.next[pair[0] / 2] = Some(pair[1] / 2),
                _ => {}
            }
        }
        self.next[end / 2] = None;
        true
    }
}
