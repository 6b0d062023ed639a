//! An implicit 4-ary heap of integer keys, the least first.
//!
//! The root stands alone and siblings lie together in one line of the cache, so that each step down
//! touches one line. Places that no key has hold [`NONE`], which loses every comparison: a group of
//! siblings is never partly there.
//!
//! Taking the root leaves a hole, which the next key to come fills from above. Most events schedule
//! one other, which then costs one way down instead of one down and two up; the hole is only closed
//! with the last key when the next key is asked for and none has come.

/// Later than every key.
pub(super) const NONE: u128 = u128::MAX;

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings([u128; 4]);

impl Siblings {
    const NOBODY: Self = Self([NONE; 4]);

    /// The least of the four and where it stands, by a tournament.
    #[inline]
    fn least(&self) -> (usize, u128) {
        let [a, b, c, d] = self.0;
        let left = if b < a { (1, b) } else { (0, a) };
        let right = if d < c { (3, d) } else { (2, c) };
        if right.1 < left.1 { right } else { left }
    }
}

/// A place below the root: which group of siblings, and where in it.
type Place = (usize, usize);

/// The place numbered `number` from 0, level by level.
#[inline]
const fn place(number: usize) -> Place {
    (number / 4, number % 4)
}

/// The group of the children of `place`: group 0 are the children of the root.
#[inline]
const fn group_below((group, lane): Place) -> usize {
    4 * group + lane + 1
}

/// The heap.
#[derive(Clone, Debug)]
pub(super) struct Heap {
    root: u128,
    // whether the root is a hole, as it is when there is nothing at all
    has_hole: bool,
    below: Vec<Siblings>,
    // keys below the root
    length: usize,
}

impl Heap {
    pub(super) const EMPTY: Self = Self { root: NONE, has_hole: true, below: Vec::new(), length: 0 };

    /// Number of keys.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length + usize::from(!self.has_hole)
    }

    /// The least key, or `NONE`.
    #[inline]
    pub(super) fn first(&mut self) -> u128 {
        if self.has_hole {
            if self.length == 0 {
                return NONE;
            }
            self.close_hole();
        }
        self.root
    }

    /// Removes the least key, which [`Heap::first`] has just given.
    #[inline]
    pub(super) fn take_first(&mut self) {
        self.has_hole = true;
    }

    #[inline]
    pub(super) fn push(&mut self, key: u128) {
        if self.length == 0 && self.has_hole {
            self.has_hole = false;
            self.root = key;
        } else {
            self.push_among(key);
        }
    }

    #[inline(never)]
    fn push_among(&mut self, key: u128) {
        if self.has_hole {
            self.fill_root(key);
        } else {
            self.push_below(key);
        }
    }

    /// Puts `key` into the hole at the root and lets it sink.
    #[inline]
    fn fill_root(&mut self, key: u128) {
        self.has_hole = false;
        match self.below.first().map(Siblings::least) {
            Some((lane, least)) if least < key => {
                self.root = least;
                self.sink((0, lane), key);
            }
            _ => self.root = key,
        }
    }

    /// Puts `key` into the hole and lets it sink.
    #[inline]
    fn sink(&mut self, mut hole: Place, key: u128) {
        loop {
            let children = group_below(hole);
            match self.below.get(children).map(Siblings::least) {
                Some((lane, least)) if least < key => {
                    self.put(hole, least);
                    hole = (children, lane);
                }
                _ => return self.put(hole, key),
            }
        }
    }

    /// Closes the hole at the root with the last key: the hole goes to the bottom along the path of
    /// least children, and the key, which came from there, rises if it must.
    #[inline(never)]
    fn close_hole(&mut self) {
        self.has_hole = false;
        self.length -= 1;
        let last = self.replace(place(self.length), NONE);
        match self.below.first().map(Siblings::least) {
            Some((lane, least)) if least < last => {
                self.root = least;
                let mut hole = (0, lane);
                loop {
                    let children = group_below(hole);
                    match self.below.get(children).map(Siblings::least) {
                        Some((lane, least)) if least != NONE => {
                            self.put(hole, least);
                            hole = (children, lane);
                        }
                        _ => return self.rise(hole, last),
                    }
                }
            }
            _ => self.root = last,
        }
    }

    #[inline]
    fn push_below(&mut self, key: u128) {
        if self.length == 4 * self.below.len() {
            self.below.push(Siblings::NOBODY);
        }
        self.length += 1;
        self.rise(place(self.length - 1), key);
    }

    /// Puts `key` into the hole and lets it rise.
    #[inline]
    fn rise(&mut self, mut hole: Place, key: u128) {
        while hole.0 > 0 {
            let parent = place(hole.0 - 1);
            let above = self.get(parent);
            if above <= key {
                return self.put(hole, key);
            }
            self.put(hole, above);
            hole = parent;
        }
        if self.root <= key {
            self.put(hole, key);
        } else {
            self.put(hole, self.root);
            self.root = key;
        }
    }

    #[inline]
    fn get(&self, (group, lane): Place) -> u128 {
        self.below.get(group).map_or(NONE, |siblings| siblings.0[lane % 4])
    }

    #[inline]
    fn put(&mut self, (group, lane): Place, key: u128) {
        if let Some(siblings) = self.below.get_mut(group) {
            siblings.0[lane % 4] = key;
        }
    }

    #[inline]
    fn replace(&mut self, place: Place, key: u128) -> u128 {
        let before = self.get(place);
        self.put(place, key);
        before
    }

    /// Keeps only the keys that stay, without allocating.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(u128) -> bool) {
        let mut kept = 0;
        for place in (0..self.length).map(place) {
            let key = self.replace(place, NONE);
            if stays(key) {
                self.put(self::place(kept), key);
                kept += 1;
            }
        }
        self.length = kept;
        for place in (0..kept / 4).rev().map(place) {
            self.sink(place, self.get(place));
        }
        if !self.has_hole {
            if stays(self.root) {
                self.fill_root(self.root);
            } else {
                self.has_hole = true;
            }
        }
    }

    /// Empties the heap into `keys`, in no order.
    pub(super) fn drain_into(&mut self, keys: &mut Vec<u128>) {
        let below = self.below.drain(..).flat_map(|group| group.0);
        keys.extend(below.filter(|&key| key != NONE));
        keys.extend((!self.has_hole).then_some(self.root));
        *self = Self::EMPTY;
    }
}
